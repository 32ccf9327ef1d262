//! Dates in the forms that posts use, and what each says of the change.
//!
//! A date counts only with its year. Where day and month could be either way round (`04/05/2024`) it
//! is left out: a wrong date is worse than none.

use std::ops::Range;

use jiff::civil::Date;

use super::vocabulary::{ANNOUNCED, DEADLINE, EFFECTIVE};
use super::words::{Words, last_word};

/// What a date says of the change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DateRole {
    /// When the post was written.
    Announced,
    /// From when on the new state holds.
    Effective,
    /// Until when something must be done, or holds.
    Deadline,
    /// The words do not say.
    Mentioned,
}

impl DateRole {
    /// The word that reports use.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Announced => "announced",
            Self::Effective => "effective",
            Self::Deadline => "deadline",
            Self::Mentioned => "mentioned",
        }
    }
}

/// A date in a post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostDate {
    /// The first of the month where only the month is given.
    pub date: Date,
    /// Whether the post gives the day.
    pub to_the_day: bool,
    pub role: DateRole,
    /// Where it stands in the text, in bytes.
    pub place: Range<usize>,
}

impl std::fmt::Display for PostDate {
    /// `2026-09-10`, or `2026-09` where only the month is given.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.to_the_day {
            write!(f, "{}", self.date)
        } else {
            write!(f, "{:04}-{:02}", self.date.year(), self.date.month())
        }
    }
}

/// How many dates are kept.
const DATES: usize = 2000;
/// A front matter's or a heading's date stands within so many bytes.
const HEAD: usize = 300;

#[derive(Debug, Clone, Copy)]
enum Piece {
    Number { value: u32, digits: usize },
    Month(i8),
    Word,
}

/// Names and usual short forms of the months; a longer name may follow the first three letters only
/// where it is written out here.
const MONTHS: [&[&str]; 12] = [
    &[
        "jan", "january", "januar", "janvier", "enero", "gennaio", "januari", "jänner", "ledna",
    ],
    &[
        "feb", "february", "februar", "février", "febrero", "febbraio", "februari", "února",
    ],
    &["mar", "march", "märz", "mars", "marzo", "mär", "března"],
    &["apr", "april", "avril", "abril", "aprile", "dubna"],
    &["may", "mai", "mayo", "maggio", "maj", "května"],
    &["jun", "june", "juni", "juin", "junio", "giugno", "června"],
    &[
        "jul",
        "july",
        "juli",
        "juillet",
        "julio",
        "luglio",
        "července",
    ],
    &["aug", "august", "août", "agosto", "augusti", "srpna"],
    &[
        "sep",
        "sept",
        "september",
        "septembre",
        "septiembre",
        "settembre",
        "září",
    ],
    &[
        "oct", "october", "oktober", "octobre", "octubre", "ottobre", "okt", "října",
    ],
    &["nov", "november", "novembre", "noviembre", "listopadu"],
    &[
        "dec",
        "december",
        "dezember",
        "décembre",
        "diciembre",
        "dicembre",
        "dez",
        "prosince",
    ],
];

/// Every date of the text, in order.
pub(super) fn find(words: &Words<'_>) -> Vec<PostDate> {
    let pieces = pieces(words.text);
    let mut found = vec![];
    let mut index = 0;
    while index < pieces.len() && found.len() < DATES {
        let window = pieces.get(index..).unwrap_or(&[]);
        let Some((date, to_the_day, used)) = shape(words, window) else {
            index += 1;
            continue;
        };
        if let (Some((_, first)), Some((_, last))) = (window.first(), window.get(used - 1)) {
            let place = first.start..last.end;
            let role = role(words, &place);
            found.push(PostDate {
                date,
                to_the_day,
                role,
                place,
            });
        }
        index += used;
    }
    found
}

/// Runs of digits and runs of letters.
fn pieces(text: &str) -> Vec<(Piece, Range<usize>)> {
    let mut found: Vec<(Piece, Range<usize>)> = vec![];
    let mut start = None;
    let mut close = |start: &mut Option<(usize, bool)>, end: usize| {
        if let Some((from, digits)) = start.take() {
            let word = text.get(from..end).unwrap_or("");
            let piece = if digits {
                match (word.len(), word.parse()) {
                    (1..=4, Ok(value)) => Piece::Number {
                        value,
                        digits: word.len(),
                    },
                    _ => Piece::Word,
                }
            } else {
                month(word).map_or(Piece::Word, Piece::Month)
            };
            found.push((piece, from..end));
        }
    };
    for (at, c) in text.char_indices() {
        let class = if c.is_ascii_digit() {
            Some(true)
        } else if c.is_alphabetic() {
            Some(false)
        } else {
            None
        };
        // 年, 月 and 日 stand alone: what follows them is another word.
        let single = matches!(c, '年' | '月' | '日' | '号' | '년' | '월' | '일');
        if start.map(|(_, digits)| digits) != class || single {
            close(&mut start, at);
        }
        if single {
            start = Some((at, false));
            close(&mut start, at + c.len_utf8());
        } else if start.is_none() {
            start = class.map(|digits| (at, digits));
        }
    }
    close(&mut start, text.len());
    found
}

fn month(word: &str) -> Option<i8> {
    if !(3..=12).contains(&word.len()) {
        return None;
    }
    let lower = word.to_lowercase();
    let position = MONTHS
        .iter()
        .position(|names| names.contains(&lower.as_str()))?;
    // "may" and "mars" are words of their own: only a capital makes them months.
    let capital = word.starts_with(char::is_uppercase)
        || !matches!(
            lower.as_str(),
            "may" | "mars" | "mar" | "march" | "dec" | "sep"
        );
    if !capital {
        return None;
    }
    i8::try_from(position + 1).ok()
}

type Pieces<'a> = &'a [(Piece, Range<usize>)];

/// The date at the front of the pieces, whether it has a day, and how many pieces it takes.
fn shape(words: &Words<'_>, window: Pieces<'_>) -> Option<(Date, bool, usize)> {
    let kind = |index: usize| window.get(index).map(|(piece, _)| *piece);
    let gap = |index: usize| -> Option<&str> {
        let (_, first) = window.get(index)?;
        let (_, second) = window.get(index + 1)?;
        words.text.get(first.end..second.start)
    };
    let word = |index: usize| window.get(index).map_or("", |(_, place)| words.at(place));
    match kind(0)? {
        Piece::Number {
            value: first,
            digits,
        } => {
            if let (
                Some(Piece::Number {
                    value: second,
                    digits: 1..=2,
                }),
                Some(Piece::Number {
                    value: third,
                    digits: third_digits,
                }),
            ) = (kind(1), kind(2))
                && let (Some(a), Some(b)) = (gap(0), gap(1))
                && a == b
                && matches!(a, "-" | "/" | ".")
                && stands_alone(words, window)
            {
                return numeric(a, (first, digits), second, (third, third_digits))
                    .map(|date| (date, true, 3));
            }
            if matches!(word(1), "年" | "년")
                && digits == 4
                && let Some(Piece::Number { value: month, .. }) = kind(2)
                && matches!(word(3), "月" | "월")
            {
                if let Some(Piece::Number { value: day, .. }) = kind(4)
                    && matches!(word(5), "日" | "号" | "일")
                {
                    return date(first, month, day).map(|date| (date, true, 6));
                }
                return date(first, month, 1).map(|date| (date, false, 4));
            }
            day_first(first, digits, &kind, &gap, &word)
        }
        Piece::Month(month) => month_first(month, &kind, &gap, &word),
        Piece::Word => None,
    }
}

fn numeric(mark: &str, first: (u32, usize), second: u32, third: (u32, usize)) -> Option<Date> {
    match (first.1, third.1) {
        (4, 1..=2) => date(first.0, second, third.0),
        (1..=2, 4) if mark == "/" => match (first.0, second) {
            (day, month) if day > 12 => date(third.0, month, day),
            (month, day) if day > 12 || day == month => date(third.0, month, day),
            _ => None,
        },
        (1..=2, 4) => date(third.0, second, first.0),
        _ => None,
    }
}

/// `6 April 2020`, `6. April 2020`, `6th of April, 2020`, `6 de abril de 2020`, `23-Feb-22`.
fn day_first<'a>(
    day: u32,
    digits: usize,
    kind: &dyn Fn(usize) -> Option<Piece>,
    gap: &dyn Fn(usize) -> Option<&'a str>,
    word: &dyn Fn(usize) -> &'a str,
) -> Option<(Date, bool, usize)> {
    if digits > 2 {
        return None;
    }
    let mut next = 1;
    while next <= 2 && matches!(word(next), "st" | "nd" | "rd" | "th" | "of" | "de" | "er") {
        next += 1;
    }
    let Some(Piece::Month(month)) = kind(next) else {
        return None;
    };
    let joined = gap(next - 1)?;
    let mut year = next + 1;
    if word(year) == "de" {
        year += 1;
    }
    let Some(Piece::Number { value, digits }) = kind(year) else {
        return None;
    };
    if joined == "-" && digits == 2 && gap(next) == Some("-") {
        return date(2000 + value, u32::from(month.unsigned_abs()), day)
            .map(|date| (date, true, year + 1));
    }
    let close = |text: &str| text.len() <= 3 && !text.contains('\n');
    (digits == 4 && close(joined) && gap(year - 1).is_some_and(close))
        .then(|| date(value, u32::from(month.unsigned_abs()), day))?
        .map(|date| (date, true, year + 1))
}

/// `April 6th, 2020`, `Apr. 6, 2020`, `Jul 16 15:59:59 2036`, `April 2020`.
fn month_first<'a>(
    month: i8,
    kind: &dyn Fn(usize) -> Option<Piece>,
    gap: &dyn Fn(usize) -> Option<&'a str>,
    word: &dyn Fn(usize) -> &'a str,
) -> Option<(Date, bool, usize)> {
    let close = |text: &str| text.len() <= 3;
    let month = u32::from(month.unsigned_abs());
    let Some(Piece::Number { value, digits }) = kind(1) else {
        return None;
    };
    if !gap(0).is_some_and(close) {
        return None;
    }
    if digits == 4 {
        return date(value, month, 1).map(|date| (date, false, 2));
    }
    let day = value;
    let mut year = if matches!(word(2), "st" | "nd" | "rd" | "th") {
        3
    } else {
        2
    };
    if gap(year) == Some(":") {
        // hours, minutes and, usually, seconds
        year += if gap(year + 1) == Some(":") { 3 } else { 2 };
        if matches!(kind(year), Some(Piece::Word)) {
            year += 1;
        }
    }
    match kind(year) {
        Some(Piece::Number { value, digits: 4 }) if gap(year - 1).is_some_and(close) => {
            date(value, month, day).map(|date| (date, true, year + 1))
        }
        _ => None,
    }
}

fn date(year: u32, month: u32, day: u32) -> Option<Date> {
    if !(1990..=2100).contains(&year) {
        return None;
    }
    Date::new(
        i16::try_from(year).ok()?,
        i8::try_from(month).ok()?,
        i8::try_from(day).ok()?,
    )
    .ok()
}

/// Whether the three numbers are no part of a longer row, as of a version or an address.
fn stands_alone(words: &Words<'_>, window: Pieces<'_>) -> bool {
    let (Some((_, first)), Some((_, last))) = (window.first(), window.get(2)) else {
        return false;
    };
    let mark = |c: char| matches!(c, '.' | '-' | '/');
    let before = words
        .text
        .get(..first.start)
        .and_then(|head| head.chars().next_back());
    let mut after = words.text.get(last.end..).unwrap_or("").chars();
    // In an address a date is the post's own (`/2026/09/10/title`).
    let joined = words
        .text
        .get(first.end..)
        .is_some_and(|rest| rest.starts_with('/'));
    let behind = after.next().is_some_and(mark) && after.next().is_some_and(|c| c.is_ascii_digit());
    !behind && before.is_none_or(|c| !c.is_alphanumeric() && (joined || !matches!(c, '.')))
}

fn role(words: &Words<'_>, place: &Range<usize>) -> DateRole {
    let front = words.before(place.start, 48);
    let front = front.rsplit(['\n', ';']).next().unwrap_or("");
    // Scripts that put the word behind the date.
    let behind = words.after(place.end, 12).trim_start();
    if ["前", "まで", "截止", "到期", "之前"]
        .iter()
        .any(|word| behind.starts_with(word))
    {
        return DateRole::Deadline;
    }
    if ["から", "起", "以降", "より"]
        .iter()
        .any(|word| behind.starts_with(word))
    {
        return DateRole::Effective;
    }
    let roles = [
        (last_word(front, DEADLINE), DateRole::Deadline),
        (last_word(front, EFFECTIVE), DateRole::Effective),
        (last_word(front, ANNOUNCED), DateRole::Announced),
    ];
    let nearest = roles
        .into_iter()
        .filter(|(at, _)| at.is_some())
        .max_by_key(|(at, _)| *at);
    match nearest {
        Some((_, role)) => role,
        None if place.start < HEAD => DateRole::Announced,
        None => DateRole::Mentioned,
    }
}
