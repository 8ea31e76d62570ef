//! A text cut into pieces: words, numbers, codes, signs. Nothing that is not plainly without meaning gets lost.

use super::lexicon;
use super::token::Class;

/// A piece of a text as it is written.
#[derive(Clone, Debug)]
pub(super) struct Piece<'a> {
    pub(super) text: &'a str,
    pub(super) start: usize,
    pub(super) shape: Shape,
    /// What it is compared by; empty where the text says it.
    pub(super) key: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Content(Class),
    /// Between words: a comma, colon, dash, bracket or line's end.
    Comma,
    /// Between sentences.
    Stop,
}

/// Cuts a text into pieces. In code every sign counts.
pub(super) fn scan(text: &str, is_code: bool) -> Vec<Piece<'_>> {
    let mut scanner = Scanner { text, pieces: Vec::with_capacity(text.len() / 5 + 4), is_code };
    let mut start = None;
    for (at, letter) in text.char_indices().chain([(text.len(), ' ')]) {
        match (letter.is_whitespace(), start) {
            (true, Some(from)) => {
                scanner.chunk(from, at);
                start = None;
            }
            (false, None) => start = Some(at),
            _ => {}
        }
        if letter == '\n' {
            scanner.push(at, at + 1, Shape::Comma);
        }
    }
    scanner.pieces
}

/// Whether a text holds code or a password, in which punctuation, order and capitals carry meaning.
pub(super) fn is_code(text: &str) -> bool {
    const SECRETS: [&str; 5] = ["password", "passphrase", "passcode", "ssid", "username"];
    let names = |word: &str| {
        SECRETS
            .iter()
            .any(|secret| word.get(..secret.len()).is_some_and(|head| head.eq_ignore_ascii_case(secret)))
    };
    if text.split(|letter: char| !letter.is_ascii_alphabetic()).any(names) {
        return true;
    }
    let sign = |letter: char| matches!(letter, '=' | '{' | '}' | '<' | '>' | '*' | '^' | '|' | '~' | '\\');
    text.contains(sign) && text.split_whitespace().any(|chunk| chunk.contains(sign) && !chunk.contains("://"))
}

const OPENING: &[char] = &['"', '\'', '“', '”', '„', '‘', '’', '«', '»', '‹', '›', '¿', '¡', '`'];
const CLOSING: &[char] = &['"', '\'', '“', '”', '‘', '’', '«', '»', '‹', '›', '`'];
const STOPS: &[char] = &['.', '!', ';', '…', '。', '！', '；', '।', '॥', '۔', '؛', '።', '፤', '．'];
const COMMAS: &[char] = &[
    ',', ':', '，', '、', '：', '،', '፣', '፥', '(', ')', '[', ']', '「', '」', '『', '』', '（', '）', '【',
    '】', '《', '》', '·', '–', '—',
];
const QUESTIONS: &[char] = &['?', '？', '؟', '፧'];

struct Scanner<'a> {
    text: &'a str,
    pieces: Vec<Piece<'a>>,
    is_code: bool,
}

impl<'a> Scanner<'a> {
    fn push(&mut self, start: usize, end: usize, shape: Shape) {
        self.keyed(start, end, shape, String::new());
    }

    fn keyed(&mut self, start: usize, end: usize, shape: Shape, key: String) {
        if let Some(text) = self.text.get(start..end) {
            self.pieces.push(Piece { text, start, shape, key });
        }
    }

    /// What stands between two spaces.
    fn chunk(&mut self, start: usize, end: usize) {
        let Some(whole) = self.text.get(start..end) else { return };
        if self.is_code {
            return self.letters(start, end);
        }
        if !whole.contains(char::is_alphanumeric) {
            return self.signs(start, end, whole);
        }
        let opened =
            whole.trim_start_matches(|letter| OPENING.contains(&letter) || matches!(letter, '(' | '['));
        let from = end - opened.len();
        if whole.get(..from - start).is_some_and(|head| head.contains(['(', '['])) {
            self.push(start, from, Shape::Comma);
        }
        let core = opened.trim_end_matches(|letter| {
            CLOSING.contains(&letter)
                || matches!(letter, '.' | ',' | ';' | ':' | '!' | '?' | '…')
                || (letter == ')' && !opened.contains('('))
                || (letter == ']' && !opened.contains('['))
        });
        let to = from + core.len();
        self.core(from, to, core);
        self.tail(to, end);
    }

    /// The punctuation behind a word.
    fn tail(&mut self, start: usize, end: usize) {
        let Some(tail) = self.text.get(start..end) else { return };
        let abbreviation = tail == "." && self.pieces.last().is_some_and(|piece| is_abbreviation(piece.text));
        for (at, letter) in tail.char_indices() {
            let (from, to) = (start + at, start + at + letter.len_utf8());
            if letter == '?' {
                self.push(from, to, Shape::Content(Class::Sign));
                self.push(to, to, Shape::Stop);
            } else if STOPS.contains(&letter) && !abbreviation {
                self.push(from, to, Shape::Stop);
            } else if COMMAS.contains(&letter) {
                self.push(from, to, Shape::Comma);
            }
        }
    }

    /// A chunk without a letter or digit.
    fn signs(&mut self, start: usize, end: usize, whole: &str) {
        let alone = whole.chars().count() == 1;
        if alone && matches!(whole, "-" | "–" | "—" | "•" | "·" | "‣") {
            return self.push(start, end, Shape::Comma);
        }
        if whole.is_ascii() && !alone && !whole.trim_end_matches(['.', '!', '?', ',', '"', '\'']).is_empty() {
            return self.push(start, end, Shape::Content(Class::Sign));
        }
        self.letters(start, end);
    }

    /// A chunk without the punctuation around it.
    fn core(&mut self, start: usize, end: usize, core: &str) {
        if let Some(letter) = core.chars().next()
            && core.is_ascii()
            && (letter.is_ascii_digit()
                || core.contains(|letter: char| letter.is_ascii_digit()) && starts_quantity(core))
            && self.quantity(start, core)
        {
            return;
        }
        let plain = |letter: char| letter.is_ascii_alphabetic() || matches!(letter, '\'' | '-');
        let is_word =
            core.starts_with(|letter: char| letter.is_ascii_alphabetic()) && core.chars().all(plain);
        if core.is_ascii() && !is_word {
            let class = if is_version(core) { Class::Version } else { Class::Id };
            return self.keyed(start, end, Shape::Content(class), core.into());
        }
        self.letters(start, end);
    }

    /// A number with what belongs to it: sign, currency, unit, half of the day. Says whether it was one.
    fn quantity(&mut self, start: usize, core: &str) -> bool {
        let body = core.trim_start_matches(['$', '#', '~']);
        let currency = core.len() - body.len();
        let head = core.get(..currency).unwrap_or_default();
        let signed = body.strip_prefix(['-', '+']).unwrap_or(body);
        let sign = body.len() - signed.len();
        let length = signed
            .find(|letter: char| !(letter.is_ascii_digit() || matches!(letter, '.' | ',' | ':')))
            .unwrap_or(signed.len());
        let (figures, suffix) = signed.split_at(length);
        if head.len() > 1
            || matches!(head, "~" | "#")
            || !figures.starts_with(|letter: char| letter.is_ascii_digit())
        {
            return false;
        }
        let from = start + currency;
        let to = from + sign + length;
        let end = start + core.len();
        let lower = suffix.to_ascii_lowercase();
        let plain = figures.bytes().all(|byte| byte.is_ascii_digit());
        let sign_text = body.get(..sign).unwrap_or_default();
        if let Some(minutes) = minutes_of_day(figures, &lower)
            && sign == 0
            && currency == 0
        {
            self.keyed(from, end, Shape::Content(Class::Time), format!("t{minutes}"));
            return true;
        }
        if plain && matches!(lower.as_str(), "st" | "nd" | "rd" | "th") && sign == 0 {
            self.keyed(from, end, Shape::Content(Class::Ordinal), figures.into());
            return true;
        }
        if sign == 0
            && currency == 0
            && let Some((year, date)) = iso_date(signed)
        {
            self.keyed(from, end, Shape::Content(Class::Date), date);
            self.keyed(from, end, Shape::Content(Class::Number), year.into());
            return true;
        }
        if suffix.is_empty() && figures.matches('.').count() > 1 {
            self.keyed(from, end, Shape::Content(Class::Version), figures.into());
            return true;
        }
        let Some(number) = number(figures) else { return false };
        let unit = match (suffix, head) {
            ("", "") => None,
            ("", _) => Some("dollar"),
            (_, "") => {
                match lexicon::unit(&lower).filter(|_| suffix == lower || suffix.len() > 1 || suffix == "L") {
                    Some(unit) => Some(unit),
                    None => return false,
                }
            }
            _ => return false,
        };
        self.keyed(from, to, Shape::Content(Class::Number), format!("{sign_text}{number}"));
        if let Some(unit) = unit {
            let (from, to) = if suffix.is_empty() { (start, from) } else { (to, end) };
            self.keyed(from, to, Shape::Content(Class::Unit), unit.into());
        }
        true
    }

    /// Letter by letter, for everything else.
    fn letters(&mut self, start: usize, end: usize) {
        let Some(chunk) = self.text.get(start..end) else { return };
        let letters: Vec<(usize, char)> = chunk.char_indices().collect();
        let mut index = 0;
        while let Some(&(at, letter)) = letters.get(index) {
            let kind = |letter: char| Kind::of(letter);
            let mut next = index + 1;
            let follows = |next: usize| letters.get(next).map(|&(_, letter)| letter);
            let shape = match kind(letter) {
                Kind::Letter => {
                    while let Some(letter) = follows(next) {
                        let joins = matches!(kind(letter), Kind::Letter | Kind::Mark)
                            || (self.is_code && letter.is_ascii_digit())
                            || (matches!(letter, '\'' | '’')
                                && follows(next + 1).is_some_and(|letter| kind(letter) == Kind::Letter));
                        if !joins {
                            break;
                        }
                        next += 1;
                    }
                    Shape::Content(Class::Word)
                }
                Kind::Digit => {
                    while let Some(letter) = follows(next) {
                        let joins = kind(letter) == Kind::Digit
                            || (matches!(letter, '.' | ',' | ':' | '٫' | '٬' | '．' | '：')
                                && follows(next + 1).is_some_and(|letter| kind(letter) == Kind::Digit));
                        if !joins {
                            break;
                        }
                        next += 1;
                    }
                    Shape::Content(Class::Number)
                }
                Kind::Unspaced => {
                    while follows(next).is_some_and(|letter| kind(letter) == Kind::Mark) {
                        next += 1;
                    }
                    Shape::Content(Class::Letter)
                }
                Kind::Emoji => {
                    while follows(next).is_some_and(|letter| {
                        kind(letter) == Kind::Mark || matches!(letter, '\u{1F3FB}'..='\u{1F3FF}')
                    }) {
                        next += 1;
                    }
                    Shape::Content(Class::Emoji)
                }
                Kind::Mark => Shape::Content(Class::Sign),
                Kind::Other => self.sign(letter, index, &letters),
            };
            index = next;
            let to = letters.get(next).map_or(end, |&(at, _)| start + at);
            let from = start + at;
            match shape {
                Shape::Comma if self.skips(letter) => {}
                Shape::Content(Class::Number) => {
                    let figures = chunk.get(at..to - start).unwrap_or_default();
                    self.keyed(from, to, shape, western(figures));
                }
                _ => self.push(from, to, shape),
            }
            if matches!(shape, Shape::Content(Class::Sign)) && QUESTIONS.contains(&letter) {
                self.push(to, to, Shape::Stop);
            }
        }
    }

    fn sign(&self, letter: char, index: usize, letters: &[(usize, char)]) -> Shape {
        let alphabetic = |index: Option<usize>| {
            index
                .and_then(|index| letters.get(index))
                .is_some_and(|&(_, letter)| Kind::of(letter) == Kind::Letter)
        };
        let inside = alphabetic(index.checked_sub(1)) && alphabetic(Some(index + 1));
        match letter {
            _ if self.is_code => Shape::Content(Class::Sign),
            // A hyphen between two letters is passed over below, like a quotation mark.
            // Before "-eating" or "-baked" it says which word belongs to which.
            '-' | '\u{2010}' | '\u{2011}' if inside => {
                let rest: String = letters.iter().skip(index + 1).map(|&(_, letter)| letter).collect();
                if rest.ends_with("ing") || rest.ends_with("ed") {
                    Shape::Content(Class::Sign)
                } else {
                    Shape::Comma
                }
            }
            _ if OPENING.contains(&letter) || CLOSING.contains(&letter) => Shape::Comma,
            _ if STOPS.contains(&letter) => Shape::Stop,
            _ if COMMAS.contains(&letter) => Shape::Comma,
            _ => Shape::Content(Class::Sign),
        }
    }

    /// Signs that part no words.
    fn skips(&self, letter: char) -> bool {
        !self.is_code
            && (matches!(letter, '-' | '\u{2010}' | '\u{2011}')
                || OPENING.contains(&letter)
                || CLOSING.contains(&letter))
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Letter,
    Unspaced,
    Digit,
    Mark,
    Emoji,
    Other,
}

impl Kind {
    fn of(letter: char) -> Kind {
        match letter {
            'a'..='z' | 'A'..='Z' => Kind::Letter,
            '0'..='9' => Kind::Digit,
            '\0'..='\u{7F}' => Kind::Other,
            _ if is_mark(letter) => Kind::Mark,
            _ if digit_value(letter).is_some() => Kind::Digit,
            _ if is_unspaced(letter) => Kind::Unspaced,
            '\u{1F000}'..='\u{1FAFF}'
            | '\u{2600}'..='\u{27BF}'
            | '\u{2300}'..='\u{23FF}'
            | '\u{2B00}'..='\u{2BFF}' => Kind::Emoji,
            _ if letter.is_alphanumeric() => Kind::Letter,
            _ => Kind::Other,
        }
    }
}

/// Marks that belong to the letter before them. The standard library knows those that are letters; these are the rest.
fn is_mark(letter: char) -> bool {
    matches!(letter,
        '\u{0300}'..='\u{036F}' | '\u{0483}'..='\u{0489}' | '\u{0591}'..='\u{05BD}' | '\u{05BF}' | '\u{05C1}'..='\u{05C7}'
        | '\u{0610}'..='\u{061A}' | '\u{064B}'..='\u{065F}' | '\u{0670}' | '\u{06D6}'..='\u{06DC}' | '\u{06DF}'..='\u{06E8}'
        | '\u{0711}' | '\u{0730}'..='\u{074A}' | '\u{0E31}' | '\u{0E34}'..='\u{0E3A}' | '\u{0E47}'..='\u{0E4E}'
        | '\u{0EB1}' | '\u{0EB4}'..='\u{0EBC}' | '\u{0EC8}'..='\u{0ECD}' | '\u{0F18}'..='\u{0F3F}' | '\u{0F71}'..='\u{0F87}'
        | '\u{135D}'..='\u{135F}' | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}' | '\u{200C}' | '\u{200D}'
        | '\u{20D0}'..='\u{20FF}' | '\u{302A}'..='\u{302F}' | '\u{3099}' | '\u{309A}' | '\u{FE00}'..='\u{FE0F}'
        | '\u{FE20}'..='\u{FE2F}' | '\u{E0020}'..='\u{E007F}')
        || (('\u{0900}'..='\u{0DFF}').contains(&letter)
            && !letter.is_alphanumeric()
            && !matches!(letter, '\u{0964}' | '\u{0965}' | '\u{0970}'))
        || (('\u{1000}'..='\u{109F}').contains(&letter)
            && !letter.is_alphanumeric()
            && !matches!(letter, '\u{104A}' | '\u{104B}'))
        || ('\u{17B4}'..='\u{17D3}').contains(&letter)
}

/// Scripts that write words without spaces between them.
fn is_unspaced(letter: char) -> bool {
    matches!(letter,
        '\u{0E00}'..='\u{0EFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}' | '\u{3005}'..='\u{3007}'
        | '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
        && letter.is_alphanumeric()
}

/// The value of a decimal digit of any common script.
fn digit_value(letter: char) -> Option<u32> {
    const ZEROS: [u32; 18] = [
        0x30, 0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xE50,
        0xED0, 0xF20, 0x1040, 0xFF10,
    ];
    let code = u32::from(letter);
    ZEROS.iter().find_map(|zero| code.checked_sub(*zero).filter(|value| *value < 10))
}

/// The figures with the digits 0 to 9, so that ٥ is 5.
fn western(figures: &str) -> String {
    figures
        .chars()
        .map(|letter| digit_value(letter).and_then(|value| char::from_digit(value, 10)).unwrap_or(letter))
        .collect()
}

fn starts_quantity(core: &str) -> bool {
    core.trim_start_matches(['$', '-', '+']).starts_with(|letter: char| letter.is_ascii_digit())
}

fn is_version(core: &str) -> bool {
    let body = core.strip_prefix(['v', 'V']).unwrap_or_default();
    body.starts_with(|letter: char| letter.is_ascii_digit())
        && body.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-'))
}

fn is_abbreviation(word: &str) -> bool {
    let single =
        word.len() == 1 && word.starts_with(|letter: char| letter.is_ascii_uppercase()) && word != "I";
    single || word.len() <= 6 && lexicon::has(&word.to_ascii_lowercase(), lexicon::ABBREVIATION)
}

/// `1,000` as `1000`; none where commas stand elsewhere, since they may be decimal.
fn number(figures: &str) -> Option<String> {
    if figures.contains(':') || figures.ends_with(['.', ',']) || figures.matches('.').count() > 1 {
        return None;
    }
    if !figures.contains(',') {
        return Some(figures.into());
    }
    let whole = figures.split('.').next().unwrap_or_default();
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or_default();
    ((1..=3).contains(&first.len()) && groups.all(|group| group.len() == 3)).then(|| figures.replace(',', ""))
}

/// `15:00`, `3pm` or `3:00pm` as minutes since midnight, with seconds kept as a fraction is not: those are no times of day.
pub(super) fn minutes_of_day(figures: &str, half: &str) -> Option<u32> {
    let (hours, minutes) = match figures.split_once(':') {
        Some((hours, minutes)) if minutes.len() == 2 => (hours, minutes.parse::<u32>().ok()?),
        None if !half.is_empty() => (figures, 0),
        _ => return None,
    };
    let hours = hours.parse::<u32>().ok().filter(|_| (1..=2).contains(&hours.len()))?;
    let hours = match half {
        "" if hours < 24 => hours,
        "am" | "a.m" if (1..=12).contains(&hours) => hours % 12,
        "pm" | "p.m" if (1..=12).contains(&hours) => hours % 12 + 12,
        _ => return None,
    };
    (minutes < 60).then_some(hours * 60 + minutes)
}

/// `2024-03-05` as its year and `m3-5`.
fn iso_date(word: &str) -> Option<(&str, String)> {
    let mut parts = word.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let is_number =
        |part: &str, length| part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit());
    if parts.next().is_some() || !is_number(year, 4) || !is_number(month, 2) || !is_number(day, 2) {
        return None;
    }
    let (month, day) = (month.parse::<u32>().ok()?, day.parse::<u32>().ok()?);
    ((1..=12).contains(&month) && (1..=31).contains(&day)).then(|| (year, format!("m{month}-{day}")))
}
