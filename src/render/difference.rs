//! Two texts compared line by line.

/// A line of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change<'a> {
    Kept(&'a str),
    Gone(&'a str),
    Come(&'a str),
}

/// The largest table that is computed, in cells; beyond it everything between the common beginning
/// and end counts as exchanged.
const CELLS: usize = 4 << 20;
/// How many unchanged lines are shown around a change.
const AROUND: usize = 2;

/// What makes `new` of `old`: a longest common subsequence, with little of what stayed.
pub(super) fn lines<'a>(old: &'a str, new: &'a str) -> Vec<Change<'a>> {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let front = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let (old_rest, new_rest) = (
        old.get(front..).unwrap_or(&[]),
        new.get(front..).unwrap_or(&[]),
    );
    let back = old_rest
        .iter()
        .rev()
        .zip(new_rest.iter().rev())
        .take_while(|(a, b)| a == b)
        .count();
    let old_middle = old_rest.get(..old_rest.len() - back).unwrap_or(&[]);
    let new_middle = new_rest.get(..new_rest.len() - back).unwrap_or(&[]);
    let mut changes: Vec<Change<'a>> = vec![];
    changes.extend(old.iter().take(front).map(|line| Change::Kept(line)));
    changes.extend(middle(old_middle, new_middle));
    changes.extend(
        old_rest
            .iter()
            .skip(old_middle.len())
            .map(|line| Change::Kept(line)),
    );
    near_changes(&changes)
}

fn middle<'a>(old: &[&'a str], new: &[&'a str]) -> Vec<Change<'a>> {
    let width = new.len() + 1;
    if old.len().saturating_add(1).saturating_mul(width) > CELLS {
        let gone = old.iter().map(|line| Change::Gone(line));
        return gone
            .chain(new.iter().map(|line| Change::Come(line)))
            .collect();
    }
    // lengths[i * width + j]: the longest common subsequence of old[i..] and new[j..].
    let mut lengths = vec![0u32; (old.len() + 1) * width];
    let at = |lengths: &[u32], i: usize, j: usize| lengths.get(i * width + j).copied().unwrap_or(0);
    for (i, a) in old.iter().enumerate().rev() {
        for (j, b) in new.iter().enumerate().rev() {
            let length = if a == b {
                at(&lengths, i + 1, j + 1) + 1
            } else {
                at(&lengths, i + 1, j).max(at(&lengths, i, j + 1))
            };
            if let Some(cell) = lengths.get_mut(i * width + j) {
                *cell = length;
            }
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut changes = vec![];
    loop {
        match (old.get(i), new.get(j)) {
            (Some(a), Some(b)) if a == b => {
                changes.push(Change::Kept(a));
                i += 1;
                j += 1;
            }
            (Some(a), other)
                if other.is_none() || at(&lengths, i + 1, j) >= at(&lengths, i, j + 1) =>
            {
                changes.push(Change::Gone(a));
                i += 1;
            }
            (_, Some(b)) => {
                changes.push(Change::Come(b));
                j += 1;
            }
            _ => return changes,
        }
    }
}

fn near_changes<'a>(changes: &[Change<'a>]) -> Vec<Change<'a>> {
    let mut near = vec![false; changes.len()];
    for (place, _) in changes
        .iter()
        .enumerate()
        .filter(|(_, change)| !matches!(change, Change::Kept(_)))
    {
        let from = place.saturating_sub(AROUND);
        near.iter_mut()
            .skip(from)
            .take(place + AROUND + 1 - from)
            .for_each(|shown| *shown = true);
    }
    changes
        .iter()
        .zip(near)
        .filter_map(|(change, shown)| shown.then_some(*change))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(old: &str, new: &str) -> String {
        lines(old, new)
            .iter()
            .map(|change| match change {
                Change::Kept(line) => format!(" {line}"),
                Change::Gone(line) => format!("-{line}"),
                Change::Come(line) => format!("+{line}"),
            })
            .collect::<Vec<_>>()
            .join("|")
    }

    #[test]
    fn what_changed_is_shown_with_little_around_it() {
        for (old, new, expected) in [
            ("a\nb\nc", "a\nb\nc", ""),
            ("", "a", "+a"),
            ("a", "", "-a"),
            ("a\nb\nc\nd\ne", "a\nb\nX\nd\ne", " a| b|-c|+X| d| e"),
            ("1\n2\n3\n4\n5\n6", "1\n2\n3\n4\n5\n6\n7", " 5| 6|+7"),
            ("a\nb\na\nb", "b\na\nb\na", "-a| b| a| b|+a"),
        ] {
            assert_eq!(told(old, new), expected, "{old:?} {new:?}");
        }
    }

    #[test]
    fn very_long_texts_are_exchanged_whole() {
        let old = "old\n".repeat(3000);
        let new = "new\n".repeat(3000);
        assert_eq!(lines(&old, &new).len(), 6000);
    }
}
