//! The language of a post, by script and by the small words that each language cannot do without.

/// A language of which enough small words are known to tell it.
const WORDS: &[(&str, &[&str])] = &[
    (
        "en",
        &[
            "the", "and", "of", "to", "is", "for", "with", "that", "this", "are", "add", "update",
            "remove", "key", "from",
        ],
    ),
    (
        "de",
        &[
            "der", "die", "und", "das", "ist", "nicht", "mit", "für", "werden", "eine",
        ],
    ),
    (
        "fr",
        &[
            "le", "les", "et", "des", "est", "une", "pour", "dans", "sur", "avec",
        ],
    ),
    (
        "es",
        &[
            "el", "los", "que", "las", "una", "para", "con", "por", "del", "se",
        ],
    ),
    (
        "it",
        &[
            "il", "che", "di", "della", "per", "una", "con", "sono", "gli", "nel",
        ],
    ),
    (
        "pt",
        &[
            "pela", "que", "uma", "para", "com", "não", "dos", "pelo", "mais", "foi",
        ],
    ),
    (
        "nl",
        &[
            "het", "een", "van", "niet", "voor", "met", "zijn", "wordt", "deze", "ook",
        ],
    ),
    (
        "sv",
        &[
            "och", "att", "det", "som", "är", "för", "inte", "med", "den", "har",
        ],
    ),
    (
        "cs",
        &[
            "je", "se", "na", "že", "pro", "jsou", "byl", "nebo", "klíč", "ve",
        ],
    ),
    (
        "pl",
        &[
            "nie", "się", "jest", "na", "że", "dla", "oraz", "przez", "jako", "od",
        ],
    ),
];
/// How many bytes of a text are read for it.
const SAMPLE: usize = 8192;

/// The language's code (ISO 639-1); `und` where nothing tells.
pub(super) fn of(text: &str) -> &'static str {
    let sample = text.get(..text.floor_char_boundary(SAMPLE)).unwrap_or(text);
    let mut han = 0usize;
    let (mut kana, mut hangul, mut cyrillic, mut letters) = (0usize, 0usize, 0usize, 0usize);
    for c in sample.chars().filter(|c| c.is_alphabetic()) {
        letters += 1;
        match c {
            '\u{3040}'..='\u{30ff}' => kana += 1,
            '\u{4e00}'..='\u{9fff}' => han += 1,
            '\u{ac00}'..='\u{d7af}' => hangul += 1,
            '\u{0400}'..='\u{04ff}' => cyrillic += 1,
            _ => {}
        }
    }
    // One character of these scripts says as much as a word of the others.
    let much = |count: usize| count * 12 > letters && count > 0;
    if much(kana) {
        return "ja";
    }
    if much(hangul) {
        return "ko";
    }
    if much(han) {
        return "zh";
    }
    if much(cyrillic) {
        return "ru";
    }
    let mut counts = vec![0usize; WORDS.len()];
    for word in sample
        .split(|c: char| !c.is_alphabetic())
        .filter(|word| !word.is_empty())
    {
        let word = word.to_lowercase();
        for (count, (_, small)) in counts.iter_mut().zip(WORDS) {
            *count += usize::from(small.contains(&word.as_str()));
        }
    }
    let best = counts.iter().max().copied().unwrap_or(0);
    let position = counts.iter().position(|count| *count == best && best > 0);
    position
        .and_then(|at| WORDS.get(at))
        .map_or("und", |(code, _)| code)
}
