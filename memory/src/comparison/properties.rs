//! What holds for any two texts.

use super::{Reading, Verdict, compare};

fn class(one: &str, two: &str) -> &'static str {
    match compare(one, two, Reading::Whole) {
        Verdict::Same => "same",
        Verdict::Revision(_) => "revision",
        Verdict::Other => "other",
    }
}

#[track_caller]
fn check(one: &str, two: &str, expected: &str) {
    assert_eq!(class(one, two), expected, "{one:?} / {two:?}: {:?}", compare(one, two, Reading::Whole));
}

#[test]
fn the_walk_s_pair_is_one_memory() {
    check(
        "User prefers concise answers without filler phrases.",
        "I prefer concise answers without filler phrases.",
        "same",
    );
}

#[test]
fn samples_said_in_the_first_person_are_the_samples() {
    let rows = [
        (
            "User writes Python for a living and works on a logistics platform.",
            "I write Python for a living and work on a logistics platform.",
        ),
        (
            "User lives in Berlin, so times are in the Central European time zone.",
            "I live in Berlin so times are in the Central European timezone",
        ),
        (
            "User dislikes dark mode and prefers a high-contrast light theme in editors and dashboards.",
            "I don't like dark mode and prefer a high contrast light theme in editors and dashboards.",
        ),
        (
            "User is allergic to peanuts; restaurant suggestions have to avoid them.",
            "I'm allergic to peanuts, so restaurant suggestions must avoid them.",
        ),
        (
            "Earlier we traced a flaky test in the inventory service to a race in a webhook handler.",
            "We traced a flaky test in the inventory service to a race in a webhook handler earlier.",
        ),
        (
            "We talked about moving the analytics warehouse from Snowflake to BigQuery next quarter.",
            "We discussed moving the analytics warehouse from Snowflake to BigQuery next quarter.",
        ),
    ];
    for (one, two) in rows {
        check(one, two, "same");
    }
}

#[test]
fn another_value_is_a_revision() {
    let rows = [
        ("The user likes cilantro.", "The user does not like cilantro."),
        ("The user takes 5 mg of ramipril.", "The user takes 10 mg of ramipril."),
        ("The meeting is on Tuesday.", "The meeting is on Thursday."),
        ("The feature flag is enabled.", "The feature flag is disabled."),
        ("Anna manages Bob.", "Bob manages Anna."),
        ("The offset is -5.", "The offset is 5."),
        ("The user moved to the US.", "The user moved to the us."),
        ("The user lives in Berlin.", "The user lives in Munich."),
        ("会议在星期一", "会议在星期三"),
        ("ฉันแพ้ถั่วลิสง", "ฉันไม่แพ้ถั่วลิสง"),
    ];
    for (one, two) in rows {
        check(one, two, "revision");
        check(two, one, "revision");
    }
}

/// A small generator with a fixed seed: the same texts in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        // xorshift64*, Vigna 2016.
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % sides
    }

    fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.roll(from.len())]
    }
}

const ROUNDS: usize = 4_000;

/// Sentences of several languages and scripts, with a place `#` for a number.
const SENTENCES: [&str; 28] = [
    "User takes # mg of ramipril every day.",
    "I prefer trains, so # tickets to Zadar have to be booked.",
    "The user's sister lives in Oslo and has # cats.",
    "We talked about moving # servers from Ghent to Split.",
    "My dog is called Biscuit and weighs # kg.",
    "User doesn't like coriander; # recipes had to be changed.",
    "The retry limit is # and the host is db-1.brightwater.example.",
    "Please remember that I work on the payments team since #.",
    "Ticket OPS-# is blocked by the audit.",
    "let x = # * (y + 4);",
    "On Mondays the user runs # km before breakfast.",
    "The user said they want # bullet points per answer.",
    "User buys # apples, pears and plums.",
    "The launch is on March # at 9:30 am.",
    "Der Nutzer wohnt seit # Jahren in Hamburg.",
    "El usuario tiene # perros y vive en Sevilla.",
    "J'habite à Lyon depuis # ans.",
    "Я живу в Казани уже # лет.",
    "ابني عمره # سنوات ويعيش في برلين",
    "मेरा बेटा # साल का है।",
    "我儿子#岁,住在柏林。",
    "息子は#歳で、京都に住んでいます。",
    "ลูกของฉันอายุ # ปี",
    "ልጄ # ዓመቱ ነው",
    "아들은 #살이고 베를린에 산다",
    "Ο γιος μου είναι # χρονών",
    "הבן שלי בן # שנים",
    "🎂 party for # guests 🎉",
];

fn sentence(dice: &mut Dice) -> String {
    let number = (10 + dice.roll(17)).to_string();
    dice.pick(&SENTENCES).replace('#', &number)
}

fn replaced(text: &str, at: usize, new: &str) -> String {
    text.chars()
        .enumerate()
        .map(|(index, letter)| if index == at { new.to_owned() } else { letter.to_string() })
        .collect()
}

fn places(text: &str, test: impl Fn(char) -> bool) -> Vec<usize> {
    text.chars().enumerate().filter(|(_, letter)| test(*letter)).map(|(at, _)| at).collect()
}

#[track_caller]
fn never_same(one: &str, two: &str) {
    assert_ne!(class(one, two), "same", "{one:?} / {two:?}");
    assert_eq!(class(one, two), class(two, one), "{one:?} / {two:?}");
}

#[test]
fn a_text_is_the_same_as_itself_and_as_itself_with_other_white_space() {
    let mut dice = Dice(1);
    for _ in 0..ROUNDS {
        let text = sentence(&mut dice);
        for reading in [Reading::Whole, Reading::Partial] {
            assert_eq!(compare(&text, &text, reading), Verdict::Same);
            assert_eq!(compare(&text, &format!("  {}\n", text.replace(' ', " \t ")), reading), Verdict::Same);
        }
    }
}

#[test]
fn another_digit_is_never_the_same() {
    let mut dice = Dice(2);
    for _ in 0..ROUNDS {
        let text = sentence(&mut dice);
        let digits = places(&text, |letter| letter.is_ascii_digit());
        let at = digits[dice.roll(digits.len())];
        let old = text.chars().nth(at).and_then(|digit| digit.to_digit(10)).unwrap();
        let new = (old + 1 + dice.roll(9) as u32) % 10;
        for zero in ['0', '٠', '०', '๐', '０'] {
            let new = char::from_u32(zero as u32 + new).unwrap();
            never_same(&text, &replaced(&text, at, &new.to_string()));
        }
        never_same(&text, &replaced(&text, at, ""));
        never_same(&text, &replaced(&text, at, &format!("{old}{}", dice.roll(10))));
    }
}

#[test]
fn another_letter_of_a_word_in_any_script_is_never_the_same() {
    let mut dice = Dice(3);
    for _ in 0..ROUNDS {
        let text = sentence(&mut dice);
        let letters = places(&text, char::is_alphabetic);
        let at = letters[dice.roll(letters.len())];
        let old = text.chars().nth(at).unwrap();
        let new = match old {
            '\0'..='\u{24F}' => dice.pick(&["q", "x", "z", "ö", "é", "ñ"]),
            '\u{400}'..='\u{4FF}' => dice.pick(&["ж", "ы", "ю"]),
            '\u{600}'..='\u{6FF}' => dice.pick(&["ض", "ظ", "غ"]),
            '\u{900}'..='\u{97F}' => dice.pick(&["ठ", "ढ", "औ"]),
            '\u{E00}'..='\u{E7F}' => dice.pick(&["ฒ", "ฎ", "ฏ"]),
            '\u{1200}'..='\u{137F}' => dice.pick(&["ጸ", "ጰ", "ፐ"]),
            '\u{AC00}'..='\u{D7A3}' => dice.pick(&["쀍", "뀨", "쫑"]),
            _ => dice.pick(&["龘", "鬱", "ヷ"]),
        };
        let other = replaced(&text, at, new);
        if other != text {
            never_same(&text, &other);
        }
    }
}

#[test]
fn a_word_more_or_less_is_never_the_same() {
    // Words that are known to say nothing are not among them.
    let mut dice = Dice(4);
    for _ in 0..ROUNDS {
        let text = sentence(&mut dice);
        let words: Vec<&str> = text.split(' ').collect();
        let at = dice.roll(words.len() + 1);
        let mut more = words.clone();
        let new = dice.pick(&[
            "violet",
            "only",
            "never",
            "not",
            "no",
            "Zoe",
            "7",
            "-",
            "nicht",
            "не",
            "لا",
            "不",
            "ไม่",
            "नहीं",
            "🎈",
            "√",
            "π",
        ]);
        more.insert(at, if new == "-" { "−" } else { new });
        never_same(&text, &more.join(" "));
    }
}

#[test]
fn a_sign_or_an_emoji_is_never_passed_over() {
    let mut dice = Dice(5);
    for _ in 0..ROUNDS {
        let text = sentence(&mut dice);
        let digits = places(&text, |letter| letter.is_ascii_digit());
        let at = digits[0];
        let old: String = text.chars().nth(at).into_iter().collect();
        let sign = dice
            .pick(&["-", "+", "−", "±", "~", "<", ">", "=", "%", "/", "€", "∞", "\u{202E}", "\u{200B}", "♥"]);
        never_same(&text, &replaced(&text, at, &format!("{sign}{old}")));
        never_same(
            &format!("{text} {}", dice.pick(&["😀", "✅", "👍🏽", "🇫🇮", "❤️"])),
            &format!("{text} {}", dice.pick(&["😢", "❌", "👍🏿", "🇫🇷", "💔"])),
        );
        // A lone dash behind a text is only a dash.
        if sign != "-" {
            never_same(&text, &format!("{text} {sign}"));
        }
    }
}

#[test]
fn two_words_that_change_places_are_never_the_same_but_in_a_list() {
    let mut dice = Dice(6);
    for _ in 0..ROUNDS {
        let text = sentence(&mut dice);
        if text.contains("apples") {
            continue;
        }
        let mut words: Vec<&str> = text.trim_end_matches(['.', ';']).split(' ').collect();
        let (one, two) = (dice.roll(words.len()), dice.roll(words.len()));
        let content =
            |word: &str| word.chars().count() > 2 && super::lexicon::look_up(&word.to_lowercase()).flags == 0;
        if words[one] == words[two] || !content(words[one]) || !content(words[two]) {
            continue;
        }
        words.swap(one, two);
        never_same(text.trim_end_matches(['.', ';']), &words.join(" "));
    }
}

#[test]
fn any_text_at_all_is_judged_both_ways_alike_and_its_ranges_lie_on_characters() {
    const ODD: [&str; 24] = [
        " ",
        "\n",
        "'",
        "’s",
        "\u{301}",
        "\u{200D}",
        "\u{FE0F}",
        "👩‍🚀",
        "🇫🇮",
        "İ",
        "ß",
        "ﬃ",
        "ǅ",
        "\u{0}",
        "(",
        ")",
        "?",
        "5",
        "٥",
        ".",
        "-",
        "user",
        "don't",
        "日",
    ];
    let mut dice = Dice(7);
    let mut text = |base: &str| -> String {
        let mut text = base.to_owned();
        for _ in 0..=dice.roll(6) {
            let at = dice.roll(text.chars().count() + 1);
            let start = text.char_indices().nth(at).map_or(text.len(), |(start, _)| start);
            match dice.roll(3) {
                0 => text.insert_str(start, dice.pick(&ODD)),
                1 => text.insert(start, char::from_u32(dice.roll(0x2_0000) as u32).unwrap_or('x')),
                _ if start < text.len() => {
                    text.remove(start);
                }
                _ => {}
            }
        }
        text
    };
    let mut base = Dice(8);
    for _ in 0..ROUNDS {
        let start = sentence(&mut base);
        let (one, two) = (text(&start), text(&start));
        assert_eq!(class(&one, &two), class(&two, &one), "{one:?} / {two:?}");
        assert_eq!(class(&one, &one), "same");
        let Verdict::Revision(differences) = compare(&one, &two, Reading::Whole) else { continue };
        assert!(!differences.list.is_empty(), "{one:?} / {two:?}");
        for difference in &differences.list {
            for (text, words) in [(&one, &difference.earlier), (&two, &difference.newer)] {
                assert_eq!(text.get(words.start..words.end), Some(words.text.as_str()), "{one:?} / {two:?}");
            }
        }
        assert_ne!(compare(&one, &two, Reading::Partial), Verdict::Same);
    }
}

#[test]
fn long_texts_with_one_head_are_never_the_same_and_cost_little() {
    let head =
        "Minutes of the harbour committee. Present were the usual members, and nobody objected. ".repeat(700);
    let (one, two) = (format!("{head}The crane is sold."), format!("{head}The crane is kept."));
    never_same(&one, &two);
    let turned: String = head.split(' ').rev().collect::<Vec<_>>().join(" ");
    never_same(&head, &turned);
    let signs = "a, ".repeat(21_000);
    never_same(&signs, &"b, ".repeat(21_000));
    never_same(&"日本".repeat(10_000), &"本日".repeat(10_000));
}
