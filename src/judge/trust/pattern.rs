//! File name patterns of products: `*` stands for any run of characters, `?` for one.

use crate::formats::trust_folder::VendorProfile;

/// The names of a vendor's products whose patterns fit a file's name, in the profile's order. A hint
/// for people: file names are the attacker's.
#[must_use]
pub fn products_of(profile: &VendorProfile, file_name: &str) -> Vec<String> {
    profile
        .products
        .iter()
        .filter(|product| {
            product
                .patterns
                .iter()
                .any(|pattern| fits(pattern, file_name))
        })
        .map(|product| product.name.clone())
        .collect()
}

/// Whether a whole name fits a pattern; letter case does not count, as on Windows.
#[must_use]
pub fn fits(pattern: &str, name: &str) -> bool {
    let pattern: Vec<char> = pattern.to_lowercase().chars().collect();
    let name: Vec<char> = name.to_lowercase().chars().collect();
    let (mut at, mut along) = (0, 0);
    // where the last star stood, and how far it has reached
    let mut star: Option<(usize, usize)> = None;
    while let Some(letter) = name.get(along) {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at, along));
                at += 1;
            }
            Some(wanted) if *wanted == '?' || wanted == letter => {
                at += 1;
                along += 1;
            }
            _ => match &mut star {
                Some((from, reached)) => {
                    *reached += 1;
                    at = *from + 1;
                    along = *reached;
                }
                None => return false,
            },
        }
    }
    pattern
        .get(at..)
        .is_some_and(|rest| rest.iter().all(|letter| *letter == '*'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_fit_whole_names() {
        for (pattern, name, expected) in [
            ("node.exe", "node.exe", true),
            ("node.exe", "NODE.EXE", true),
            ("node.exe", "anode.exe", false),
            ("node-v*-x64.msi", "node-v22.20.0-x64.msi", true),
            ("node-v*-x64.msi", "node-v22-x86.msi", false),
            ("*", "", true),
            ("a*b*c", "aXbXbc", true),
            ("a*b*c", "aXcXb", false),
            ("gurobi???.dll", "gurobi130.dll", true),
            ("gurobi???.dll", "gurobi13.dll", false),
        ] {
            assert_eq!(fits(pattern, name), expected, "{pattern} {name}");
        }
    }
}
