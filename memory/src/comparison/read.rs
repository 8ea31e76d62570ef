//! Pieces of a text to what it says: English phrases to one form of them, everything else as it stands.

use super::lexicon::{self, Entry, Flags};
use super::scan::{self, Piece, Shape};
use super::token::{Class, Letters, Token};

/// The words of a text before they are read.
#[derive(Clone, Debug)]
pub(super) struct Part<'a> {
    /// In small letters, with a straight apostrophe.
    word: String,
    text: &'a str,
    start: usize,
    shape: Shape,
    letters: Letters,
    entry: Entry,
    is_initial: bool,
    /// It stands for what is written, so that its letters say nothing.
    is_made: bool,
}

/// A text as its parts, and what holds for all of it.
pub(super) struct Sentence<'a> {
    parts: Vec<Part<'a>>,
    /// No other language is more likely.
    pub(super) is_english: bool,
    /// How many English words hold it together.
    pub(super) english: usize,
    is_flat: bool,
}

/// Cuts a text into parts and finds out about its language.
pub(super) fn parts(text: &str, is_code: bool) -> Sentence<'_> {
    let mut parts = Vec::new();
    let mut is_initial = true;
    for piece in scan::scan(text, is_code) {
        let part = part(piece, is_initial);
        is_initial = match part.shape {
            Shape::Stop => true,
            Shape::Comma => is_initial,
            Shape::Content(_) => false,
        };
        parts.push(part);
    }
    let count = |flags: Flags| parts.iter().filter(|part| part.entry.flags & flags != 0).count();
    let (english, foreign) = (count(lexicon::ENGLISH), count(lexicon::FOREIGN));
    let is_english = !is_code && english >= foreign;
    let is_flat = !is_code && parts.len() > 2 && parts.iter().all(|part| part.letters == Letters::Small);
    Sentence { parts, is_english, is_flat, english }
}

fn part(piece: Piece<'_>, is_initial: bool) -> Part<'_> {
    let Piece { text, start, shape, key } = piece;
    let word = match shape {
        Shape::Content(Class::Word | Class::Letter) => text.to_lowercase().replace('’', "'"),
        _ if key.is_empty() => text.into(),
        _ => key,
    };
    let entry = match shape {
        Shape::Content(Class::Word | Class::Letter) => lexicon::look_up(&word),
        _ => Entry::default(),
    };
    let letters =
        if matches!(shape, Shape::Content(Class::Word)) { Letters::of(text) } else { Letters::Small };
    Part { word, text, start, shape, letters, entry, is_initial, is_made: false }
}

/// Reads a text word by word, exactly.
pub(super) fn exactly<'a>(sentence: &Sentence<'a>) -> Content<'a> {
    let mut tokens: Vec<Token<'a>> = Vec::with_capacity(sentence.parts.len());
    let mut parted = false;
    for part in &sentence.parts {
        let Shape::Content(class) = part.shape else {
            parted = !tokens.is_empty();
            continue;
        };
        if std::mem::take(&mut parted) && !tokens.is_empty() {
            tokens.push(separator(part));
        }
        let mut token = token(part, class);
        token.is_flat = sentence.is_flat;
        token.is_canon = !matches!(class, Class::Word | Class::Letter | Class::Id | Class::Sign);
        tokens.push(token);
    }
    Content { tokens, passed: Vec::new() }
}

/// A text as it was read.
pub(super) struct Content<'a> {
    pub(super) tokens: Vec<Token<'a>>,
    /// Words without content that were passed over, and the "he" or "she" that the user was called, in order.
    pub(super) passed: Vec<String>,
}

/// Reads an English text: what a speaker would swap without a thought becomes one.
pub(super) fn in_english<'a>(sentence: Sentence<'a>) -> Content<'a> {
    let is_flat = sentence.is_flat;
    let parts = phrases(contractions(sentence.parts));
    let mut reader = Reader::new(&parts);
    while reader.step() {}
    let Reader { mut tokens, mut passed, .. } = reader;
    for token in &mut tokens {
        token.is_flat = is_flat;
    }
    passed.sort_unstable();
    passed.dedup();
    Content { tokens, passed }
}

fn token<'a>(part: &Part<'a>, class: Class) -> Token<'a> {
    Token {
        key: part.word.clone(),
        text: part.text,
        start: part.start,
        end: part.start + part.text.len(),
        class,
        letters: part.letters,
        flags: part.entry.flags,
        is_initial: part.is_initial,
        is_flat: false,
        is_canon: part.is_made,
        after_be: false,
    }
}

fn separator<'a>(before: &Part<'a>) -> Token<'a> {
    let mut separator = token(before, Class::Separator);
    separator.key = ",".into();
    separator.text = "";
    separator.end = separator.start;
    separator.is_canon = true;
    separator.flags = 0;
    separator
}

/// "don't" as "do not", "user's" as "user" and "'s".
fn contractions(parts: Vec<Part<'_>>) -> Vec<Part<'_>> {
    let mut out = Vec::with_capacity(parts.len() + 4);
    for part in parts {
        if !matches!(part.shape, Shape::Content(Class::Word)) {
            out.push(part);
            continue;
        }
        if let Some(words) = lexicon::expanded(&part.word) {
            out.extend(words.iter().map(|word| renamed(&part, word)));
        } else if let Some((stem, end)) = ["n't", "'re", "'ve", "'ll", "'d", "'s"].iter().find_map(|end| {
            part.word.strip_suffix(end).filter(|stem| !stem.is_empty()).map(|stem| (stem, *end))
        }) {
            let second = match end {
                "n't" => "not",
                "'re" => "are",
                "'ve" => "have",
                "'ll" => "will",
                "'d" => "would",
                _ => "'s",
            };
            let cut = part.text.char_indices().rev().nth(end.chars().count() - 1).map_or(0, |(at, _)| at);
            let (head, tail) = part.text.split_at(cut);
            let mut first = renamed(&part, stem);
            (first.text, first.letters) = (head, Letters::of(head));
            let mut last = renamed(&part, second);
            (last.text, last.start, last.letters, last.is_initial) =
                (tail, part.start + cut, Letters::Small, false);
            out.extend([first, last]);
        } else {
            out.push(part);
        }
    }
    out
}

fn renamed<'a>(part: &Part<'a>, word: &str) -> Part<'a> {
    Part { word: word.into(), entry: lexicon::look_up(word), is_made: true, ..part.clone() }
}

/// Known phrases become the words that stand for them.
fn phrases(parts: Vec<Part<'_>>) -> Vec<Part<'_>> {
    let mut out: Vec<Part<'_>> = Vec::with_capacity(parts.len());
    let mut index = 0;
    while let Some(part) = parts.get(index) {
        let found = lexicon::phrases_with(&part.word).iter().find(|(phrase, _)| {
            phrase.iter().enumerate().all(|(offset, word)| {
                parts.get(index + offset).is_some_and(|part| part.word == *word && is_word(part))
            })
        });
        let Some((phrase, words)) = found else {
            out.push(part.clone());
            index += 1;
            continue;
        };
        for (offset, word) in words.iter().enumerate() {
            let last = offset + 1 == words.len();
            let source = if last { parts.get(index + phrase.len() - 1).unwrap_or(part) } else { part };
            let mut part = renamed(source, word);
            part.is_initial = offset == 0 && parts.get(index).is_some_and(|part| part.is_initial);
            part.letters = Letters::Small;
            out.push(part);
        }
        index += phrase.len();
        if words.is_empty()
            && let Some(next) = parts.get(index)
            && part.is_initial
            && matches!(next.shape, Shape::Comma)
        {
            index += 1;
        }
    }
    out
}

fn is_word(part: &Part<'_>) -> bool {
    matches!(part.shape, Shape::Content(Class::Word))
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Pause {
    None,
    Comma,
    And,
    Stop,
}

struct Reader<'a, 'b> {
    parts: &'b [Part<'a>],
    index: usize,
    tokens: Vec<Token<'a>>,
    pause: Pause,
    after_be: bool,
    /// The text names the user in the third person, so "I" is somebody else.
    names_user: bool,
    passed: Vec<String>,
}

impl<'a, 'b> Reader<'a, 'b> {
    fn new(parts: &'b [Part<'a>]) -> Self {
        let names_user = (0..parts.len()).any(|at| is_the_user(parts, at));
        Reader {
            parts,
            index: 0,
            tokens: Vec::with_capacity(parts.len()),
            pause: Pause::None,
            after_be: false,
            names_user,
            passed: Vec::new(),
        }
    }

    fn part(&self, offset: usize) -> Option<&'b Part<'a>> {
        self.parts.get(self.index + offset)
    }

    fn word(&self, offset: usize) -> &'b str {
        self.part(offset).filter(|part| is_word(part)).map_or("", |part| part.word.as_str())
    }

    fn flags(&self, offset: usize) -> Flags {
        self.part(offset).map_or(0, |part| part.entry.flags)
    }

    /// Whether a new sentence begins here.
    fn at_start(&self) -> bool {
        self.tokens.is_empty() || self.pause == Pause::Stop
    }

    /// Reads one part or phrase; false at the end.
    fn step(&mut self) -> bool {
        let Some(part) = self.part(0) else { return false };
        let used = match part.shape {
            Shape::Stop => self.paused(Pause::Stop),
            Shape::Comma => self.paused(Pause::Comma),
            Shape::Content(Class::Word) => self.english_word(part),
            Shape::Content(Class::Sign) if part.text == "&" => self.paused(Pause::And),
            Shape::Content(class) => self.other(part, class),
        };
        self.index += used;
        true
    }

    fn paused(&mut self, pause: Pause) -> usize {
        self.pause = self.pause.max(pause);
        1
    }

    fn push(&mut self, mut token: Token<'a>) -> usize {
        let pause = std::mem::replace(&mut self.pause, Pause::None);
        if let Some(last) = self.tokens.last() {
            let parted = match pause {
                Pause::None => false,
                Pause::Comma => parts_list(last, &token) || self.goes_on(&token),
                Pause::And | Pause::Stop => true,
            };
            if parted {
                let mut separator = token.clone();
                (separator.key, separator.class, separator.text) = (",".into(), Class::Separator, "");
                (separator.flags, separator.is_canon, separator.end) = (0, true, separator.start);
                self.tokens.push(separator);
            }
        }
        token.after_be = std::mem::take(&mut self.after_be);
        self.tokens.push(token);
        1
    }

    /// Whether another clause begins behind a comma: "…, she lives in Doha".
    fn goes_on(&self, token: &Token<'_>) -> bool {
        matches!(token.key.as_str(), "she" | "he" | "it" | "they" | "we")
            && self.tokens.iter().any(|token| token.after_be || token.has(lexicon::VERB | lexicon::MODAL))
    }

    fn canon(&mut self, part: &Part<'a>, class: Class, key: impl Into<String>) -> usize {
        let mut token = token(part, class);
        (token.key, token.is_canon, token.letters) = (key.into(), true, Letters::Small);
        self.push(token)
    }

    /// Numbers, codes and signs, and the unit behind a number.
    fn other(&mut self, part: &Part<'a>, class: Class) -> usize {
        if class == Class::Number {
            if let Some(used) = self.day_first(part) {
                return used;
            }
            if let Some(minutes) = scan::minutes_of_day(part.text, self.word(1).trim_end_matches('.')) {
                self.spanning(part, 1, Class::Time, format!("t{minutes}"));
                return 2;
            }
            if let Some(half) = self.part(1)
                && matches!(half.text, "p.m" | "a.m")
                && let Some(minutes) = scan::minutes_of_day(part.text, half.text)
            {
                self.spanning(part, 1, Class::Time, format!("t{minutes}"));
                return 2;
            }
        }
        if class == Class::Ordinal
            && let Some(used) = self.day_first(part)
        {
            return used;
        }
        if class == Class::Time
            && part.text.contains(':')
            && let Some(minutes) = scan::minutes_of_day(part.text, self.word(1))
            && matches!(self.word(1), "am" | "pm")
        {
            self.spanning(part, 1, Class::Time, format!("t{minutes}"));
            return 2;
        }
        self.canon(part, class, part.word.clone());
        if class == Class::Number
            && let Some(next) = self.part(1)
            && let Some(unit) = lexicon::unit(&next.word).or_else(|| lexicon::unit(next.text))
            && (next.text.len() > 1
                || matches!(next.text, "g" | "l" | "L" | "m" | "h" | "s" | "%" | "W" | "V"))
        {
            self.canon(next, Class::Unit, unit);
            return 2;
        }
        1
    }

    fn spanning(&mut self, part: &Part<'a>, more: usize, class: Class, key: String) {
        let end = self.part(more).map_or(part.start + part.text.len(), |part| part.start + part.text.len());
        let mut token = token(part, class);
        (token.key, token.is_canon, token.end, token.letters) = (key, true, end, Letters::Small);
        self.push(token);
    }

    /// "3 March", "3rd of March".
    fn day_first(&mut self, part: &Part<'a>) -> Option<usize> {
        let day = day_of_month(&part.word)?;
        let at = if self.word(1) == "of" { 2 } else { 1 };
        let month = self.month(at)?;
        self.spanning(part, at, Class::Date, format!("m{month}-{day}"));
        Some(at + 1)
    }

    fn month(&self, offset: usize) -> Option<u32> {
        let part =
            self.part(offset).filter(|part| is_word(part) && part.entry.flags & lexicon::MONTH != 0)?;
        if part.letters == Letters::Small && matches!(part.word.as_str(), "may" | "march") {
            return None;
        }
        lexicon::month(&part.word)
    }

    fn english_word(&mut self, part: &Part<'a>) -> usize {
        let word = part.word.as_str();
        let flags = part.entry.flags;
        if let Some(used) = self.nothing_said(part, word, flags) {
            return used;
        }
        if let Some(used) = self.person(part, word) {
            return used;
        }
        if flags & lexicon::MONTH != 0
            && let Some(month) = self.month(0)
            && let Some(next) = self.part(1)
            && matches!(next.shape, Shape::Content(Class::Number | Class::Ordinal))
            && let Some(day) = day_of_month(&next.word)
        {
            self.spanning(part, 1, Class::Date, format!("m{month}-{day}"));
            return 2;
        }
        if let Some(digits) = lexicon::digits(word) {
            return self.other(&Part { word: digits.into(), ..part.clone() }, Class::Number);
        }
        if flags & lexicon::BE != 0 {
            return self.form_of_be(part);
        }
        if self.joins(word) {
            return self.paused(Pause::And);
        }
        if self.says_does(part, word) {
            return 1;
        }
        if word == "noon" {
            return self.canon(part, Class::Time, "t720");
        }
        if self.is_named(part, word) {
            return self.canon(part, Class::Word, "named");
        }
        if word == "ing:" {
            return self.to_do(part);
        }
        self.plain_word(part, word)
    }

    fn passed_over(&mut self, word: &str) -> Option<usize> {
        self.passed.push(word.into());
        Some(1)
    }

    /// Whether a word does no more than go on: "and", and "but" or "so" between clauses.
    fn joins(&self, word: &str) -> bool {
        let clause = || {
            let verb = lexicon::BE | lexicon::MODAL | lexicon::VERB;
            self.flags(1) & (lexicon::PRONOUN | lexicon::ARTICLE) != 0 || self.flags(2) & verb != 0
        };
        match word {
            "and" => true,
            "but" => self.pause >= Pause::Comma && !self.tokens.is_empty(),
            "so" => {
                !self.tokens.is_empty() && self.word(1) != "that" && (self.pause >= Pause::Comma || clause())
            }
            _ => false,
        }
    }

    /// Articles, politeness and the like.
    fn nothing_said(&mut self, part: &Part<'a>, word: &str, flags: Flags) -> Option<usize> {
        // "Plan A" and "The Who": inside a sentence a capital letter makes it a name.
        let is_letter = part.letters == Letters::Title && !part.is_initial;
        if flags & lexicon::ARTICLE != 0 && !is_letter {
            return Some(1);
        }
        let is_filler =
            flags & lexicon::FILLER != 0 || flags & lexicon::GREETING != 0 && self.tokens.is_empty();
        if is_filler && !self.after_be {
            return self.passed_over(word);
        }
        let heads =
            matches!(word, "note" | "reminder" | "remember" | "so" | "well") && self.tokens.is_empty();
        if heads && self.part(1).is_some_and(|next| matches!(next.shape, Shape::Comma)) {
            return Some(2);
        }
        let ends = self.part(1).is_none_or(|next| matches!(next.shape, Shape::Stop));
        if word == "too" && ends {
            return self.passed_over(word);
        }
        if word == "just"
            && (self.at_start() || self.tokens.last().is_some_and(|last| last.class == Class::User))
            && self.flags(1) & lexicon::VERB != 0
        {
            return self.passed_over(word);
        }
        if word == "now"
            && !self.tokens.is_empty()
            && !self.tokens.last().is_some_and(|last| {
                matches!(last.key.as_str(), "until" | "from" | "by" | "right" | "just" | "not" | "only")
            })
        {
            return self.passed_over(word);
        }
        let says = self.tokens.last().is_some_and(|last| {
            last.has(lexicon::REPORTING)
                || matches!(
                    last.key.as_str(),
                    "think" | "know" | "prefer" | "ensure" | "sure" | "remember" | "mean"
                )
        });
        if word == "that" && says && self.part(1).is_some_and(is_word) {
            return Some(1);
        }
        // "on Monday" is "Monday".
        let is_day = |part: &Part<'_>| matches!(part.shape, Shape::Content(Class::Number | Class::Ordinal));
        let dated = self.month(1).is_some()
            || self.part(1).is_some_and(is_day) && (self.month(2).is_some() || self.month(3).is_some());
        if word == "on" && (self.flags(1) & lexicon::WEEKDAY != 0 || dated) {
            return Some(1);
        }
        None
    }

    /// The user, in any person.
    fn person(&mut self, part: &Part<'a>, word: &str) -> Option<usize> {
        match word {
            "user" | "theuser" if is_the_user(self.parts, self.index) => {
                if self.word(1) == "'s" {
                    if matches!(self.word(2), "a" | "an" | "the" | "not") {
                        self.canon(part, Class::User, "user");
                        return Some(2);
                    }
                    self.spanning(part, 1, Class::Owner, "user".into());
                    return Some(2);
                }
                let reported = self.tokens.last().is_some_and(|last| last.has(lexicon::REPORTING))
                    && self
                        .tokens
                        .get(self.tokens.len().wrapping_sub(2))
                        .is_some_and(|token| token.class == Class::User);
                if reported {
                    self.tokens.pop();
                    return Some(1);
                }
                Some(self.subject(part))
            }
            "i" | "me" | "myself" if !self.names_user => Some(self.subject(part)),
            "my" | "mine" if !self.names_user => Some(self.canon(part, Class::Owner, "user")),
            "they" | "he" | "she" if self.names_user => {
                let at = self.tokens.len();
                let reporting = self.tokens.last().is_some_and(|last| last.has(lexicon::REPORTING));
                let by_user =
                    at >= 2 && self.tokens.get(at - 2).is_some_and(|token| token.class == Class::User);
                if !(reporting && by_user) {
                    return None;
                }
                self.tokens.pop();
                self.gendered(word);
                Some(1)
            }
            "their" | "his" | "her" if self.names_user && self.user_is_meant(word) => {
                self.canon(part, Class::Owner, "user");
                self.gendered(word);
                Some(1)
            }
            _ => None,
        }
    }

    /// Another mention of the user at the head of a further clause says nothing new.
    fn subject(&mut self, part: &Part<'a>) -> usize {
        let again = self.pause >= Pause::And
            && self.tokens.first().is_some_and(|first| first.class == Class::User)
            && (self.flags(1) & (lexicon::VERB | lexicon::BE) != 0);
        if again { 1 } else { self.canon(part, Class::User, "user") }
    }

    /// Remembers that the user was called he or she: two texts must agree on that.
    fn gendered(&mut self, word: &str) {
        match word {
            "he" | "his" => self.passed.push("he".into()),
            "she" | "her" => self.passed.push("she".into()),
            _ => {}
        }
    }

    /// Whether "their" can only be the user's: nobody else was named so far.
    fn user_is_meant(&self, word: &str) -> bool {
        let is_owner = word != "her" || self.part(1).is_some_and(is_word);
        let others = |token: &Token<'_>| {
            token.is_name() || token.has(lexicon::PERSON) || token.class == Class::Separator
        };
        is_owner
            && self.tokens.first().is_some_and(|first| first.class == Class::User)
            && !self.tokens.iter().any(others)
    }

    /// "is", "am" and "are" go, unless they make a question, a passive or a present moment.
    fn form_of_be(&mut self, part: &Part<'a>) -> usize {
        if self.at_start() && self.flags(1) & (lexicon::PRONOUN | lexicon::ARTICLE) != 0 {
            let mut token = token(part, Class::Sign);
            (token.key, token.is_canon) = ("?".into(), true);
            return self.push(token);
        }
        let mut ahead = 1;
        while self.flags(ahead) & (lexicon::ADVERB | lexicon::NEGATION | lexicon::FILLER) != 0 {
            ahead += 1;
        }
        let next = self.word(ahead);
        let passive = next.ends_with("ed") && !matches!(next, "named" | "called" | "red" | "allergic-ed")
            || matches!(
                next,
                "known"
                    | "made"
                    | "given"
                    | "told"
                    | "sent"
                    | "kept"
                    | "held"
                    | "built"
                    | "written"
                    | "paid"
                    | "sold"
                    | "born"
                    | "done"
                    | "seen"
                    | "taken"
            );
        let moment = next.ends_with("ing") && next.len() > 4 && !lexicon::has(next, lexicon::LASTING);
        if passive || moment || next.is_empty() && self.part(1).is_none() {
            return self.canon(part, Class::Word, "be");
        }
        if ahead == 1 && lexicon::has(next, lexicon::LASTING) {
            let base = next.trim_end_matches("ing");
            let base = match base {
                "liv" | "us" | "prepar" | "writ" => format!("{base}e"),
                "plann" => "plan".into(),
                _ => base.into(),
            };
            let verb = self.tokens.last().is_some_and(|last| last.class == Class::User);
            if verb && let Some(next) = self.part(1) {
                self.canon(next, Class::Word, base);
                if let Some(last) = self.tokens.last_mut() {
                    last.flags = lexicon::VERB;
                }
                return 2;
            }
            return self.canon(part, Class::Word, "be");
        }
        self.after_be = true;
        1
    }

    /// "do" and "does" before "not" say nothing; before a question's subject they make it one.
    fn says_does(&mut self, part: &Part<'a>, word: &str) -> bool {
        if !matches!(
            word,
            "do" | "does"
                | "did"
                | "can"
                | "could"
                | "will"
                | "would"
                | "should"
                | "has"
                | "have"
                | "was"
                | "were"
        ) {
            return false;
        }
        let asks = self.at_start() && self.flags(1) & (lexicon::PRONOUN | lexicon::ARTICLE) != 0;
        if asks {
            let mut sign = token(part, Class::Sign);
            (sign.key, sign.is_canon) = ("?".into(), true);
            self.push(sign);
        }
        matches!(word, "do" | "does") && (asks || self.word(1) == "not")
    }

    /// "likes to hike" is "likes hiking".
    fn to_do(&mut self, part: &Part<'a>) -> usize {
        let Some(verb) = self.part(1).filter(|next| is_word(next) && next.entry.flags & lexicon::VERB != 0)
        else {
            return self.canon(part, Class::Word, "to");
        };
        let word = verb.word.as_str();
        let doubles =
            ["swim", "run", "get", "sit", "jog", "plan", "put", "cut", "win", "chat", "stop", "begin", "set"];
        let doing = match word.strip_suffix('e') {
            Some(stem) if !word.ends_with("ee") => format!("{stem}ing"),
            _ if doubles.contains(&word) => format!("{word}{}ing", word.chars().last().unwrap_or_default()),
            _ => format!("{word}ing"),
        };
        self.canon(verb, Class::Word, doing);
        2
    }

    /// A noun with a name: "a dog called Rex".
    fn is_named(&self, part: &Part<'a>, word: &str) -> bool {
        let before = |offset: usize| {
            self.index
                .checked_sub(offset)
                .and_then(|at| self.parts.get(at))
                .is_some_and(|part| matches!(part.word.as_str(), "a" | "an"))
        };
        word == "called" && part.letters == Letters::Small && (before(2) || before(3))
    }

    fn plain_word(&mut self, part: &Part<'a>, word: &str) -> usize {
        let mut token = token(part, Class::Word);
        if let Some(verb) = self.verb_of_user(part, word) {
            (token.key, token.is_canon, token.flags) = (verb, true, token.flags | lexicon::VERB);
        }
        if let Some(canon) = lexicon::look_up(&token.key).canon
            && fits(canon, &token)
        {
            token.key = canon.into();
            token.is_canon = true;
            token.flags |= lexicon::look_up(canon).flags;
        } else if !token.is_canon && lexicon::has(word, lexicon::VERB) && token.letters == Letters::Small {
            token.is_canon = true;
        }
        self.push(token)
    }

    /// The verb of the user without its "s", so that "I like" is "User likes".
    fn verb_of_user(&self, part: &Part<'a>, word: &str) -> Option<String> {
        if part.letters != Letters::Small {
            return None;
        }
        let last = self
            .tokens
            .iter()
            .rev()
            .find(|token| !token.has(lexicon::ADVERB) && token.key != "not" && token.key != "never")?;
        let of_user = last.class == Class::User && self.pause < Pause::And;
        let first = self.tokens.first()?;
        let by_user = self.names_user && first.class == Class::User && self.pause >= Pause::And;
        if !of_user && !by_user {
            return None;
        }
        if !word.ends_with('s') {
            return of_user.then(|| word.to_owned()).filter(|_| lexicon::has(word, lexicon::VERB));
        }
        let base = lexicon::without_s(word)?;
        let is_verb = lexicon::has(&base, lexicon::VERB | lexicon::MODAL)
            || lexicon::look_up(&base).canon.is_some()
            || lexicon::has(word, lexicon::VERB);
        let next = self.flags(1) & (lexicon::VERB | lexicon::BE | lexicon::MODAL) == 0;
        (is_verb || (of_user && next)).then_some(base)
    }
}

/// Whether a word is written as its equal would be: days with a capital letter, others without.
fn fits(canon: &str, token: &Token<'_>) -> bool {
    if lexicon::has(canon, lexicon::WEEKDAY) {
        return token.letters == Letters::Title;
    }
    token.letters == Letters::Small || token.letters == Letters::Title && token.is_initial
}

/// Whether a comma between two words parts the items of a list or two names; elsewhere it only helps the eye.
fn parts_list(before: &Token<'_>, after: &Token<'_>) -> bool {
    let is_person = |token: &Token<'_>| token.class == Class::User;
    before.is_content()
        && after.is_content()
        && before.class != Class::Date
        && !is_person(after)
        && (!is_person(before) || after.is_name())
}

/// Whether "user" is the one whom the memory is about, not "a user", "each user" or "the admin user".
fn is_the_user(parts: &[Part<'_>], at: usize) -> bool {
    match parts.get(at).map(|part| part.word.as_str()) {
        Some("theuser") => return true,
        Some("user") => {}
        _ => return false,
    }
    let Some(before) =
        at.checked_sub(1).and_then(|before| parts.get(before)).filter(|before| is_word(before))
    else {
        return at == 0 || parts.get(at - 1).is_some_and(|before| !matches!(before.shape, Shape::Content(_)));
    };
    let joins = lexicon::VERB
        | lexicon::BE
        | lexicon::MODAL
        | lexicon::PREPOSITION
        | lexicon::JOINING
        | lexicon::REPORTING
        | lexicon::FILLER;
    before.entry.flags & joins != 0 && before.word != "per" || before.word == "that"
}

/// A day of a month: one or two digits, without a sign.
fn day_of_month(word: &str) -> Option<u32> {
    let plain = word.bytes().all(|byte| byte.is_ascii_digit()) && word.len() <= 2;
    word.parse().ok().filter(|day| plain && (1..=31).contains(day))
}
