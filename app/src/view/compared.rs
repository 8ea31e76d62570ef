//! What differs between two versions of a text, word by word.
//!
//! Not `agent_memory::compare`, which decides whether two texts say the same: it marks nothing in texts that differ in many places,
//! and passes over words that change nothing. What is shown here decides nothing.

/// A part of a text beside its former version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Both have it.
    Same(String),
    /// Only the former one has it.
    Gone(String),
    /// Only the newer one has it.
    Come(String),
}

/// Most words of each text that are aligned, beside what both begin and end with: the work grows with their product.
const MOST_WORDS: usize = 400;

/// A text with what it replaced of its former version. Joined without what is gone, the pieces are the text.
#[must_use]
pub fn pieces(former: &str, text: &str) -> Vec<Piece> {
    let (old, new) = (parts(former), parts(text));
    let same = |pairs: &mut dyn Iterator<Item = (&&str, &&str)>| {
        pairs.take_while(|(one, other)| one == other).count()
    };
    let begin = same(&mut old.iter().zip(&new));
    let most = old.len().min(new.len()) - begin;
    let end = same(&mut old.iter().rev().zip(new.iter().rev())).min(most);
    let (old_middle, new_middle) = (&old[begin..old.len() - end], &new[begin..new.len() - end]);
    let mut pieces = Vec::new();
    push(&mut pieces, Piece::Same, &new[..begin]);
    for (at_old, at_new, is_same) in runs(old_middle, new_middle) {
        if is_same {
            push(&mut pieces, Piece::Same, &new_middle[at_new]);
        } else {
            push(&mut pieces, Piece::Gone, &old_middle[at_old]);
            push(&mut pieces, Piece::Come, &new_middle[at_new]);
        }
    }
    push(&mut pieces, Piece::Same, &new[new.len() - end..]);
    pieces
}

fn push(pieces: &mut Vec<Piece>, piece: fn(String) -> Piece, words: &[&str]) {
    if !words.is_empty() {
        pieces.push(piece(words.concat()));
    }
}

/// Words, what lies between them, and single signs.
fn parts(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut class = None;
    for (at, symbol) in text.char_indices() {
        let now = if symbol.is_alphanumeric() {
            'w'
        } else if symbol.is_whitespace() {
            ' '
        } else {
            symbol
        };
        if class != Some(now) && at > start {
            parts.extend(text.get(start..at));
            start = at;
        }
        class = Some(now);
    }
    parts.extend(text.get(start..).filter(|rest| !rest.is_empty()));
    parts
}

type Run = (std::ops::Range<usize>, std::ops::Range<usize>, bool);

/// Runs that both have and runs that differ, in turn, by the longest common sequence of words.
fn runs(old: &[&str], new: &[&str]) -> Vec<Run> {
    if old.is_empty() && new.is_empty() {
        return Vec::new();
    }
    if old.len().max(new.len()) > MOST_WORDS {
        return vec![(0..old.len(), 0..new.len(), false)];
    }
    // How long the common sequence is from here on.
    let width = new.len() + 1;
    let mut lengths = vec![0_u16; (old.len() + 1) * width];
    for at_old in (0..old.len()).rev() {
        for at_new in (0..new.len()).rev() {
            let at = at_old * width + at_new;
            lengths[at] = match old[at_old] == new[at_new] {
                true => lengths[at + width + 1] + 1,
                false => lengths[at + width].max(lengths[at + 1]),
            };
        }
    }
    let mut runs: Vec<Run> = Vec::new();
    let (mut at_old, mut at_new) = (0, 0);
    while at_old < old.len() || at_new < new.len() {
        let (from_old, from_new) = (at_old, at_new);
        while at_old < old.len() && at_new < new.len() && old[at_old] == new[at_new] {
            (at_old, at_new) = (at_old + 1, at_new + 1);
        }
        if at_old > from_old {
            runs.push((from_old..at_old, from_new..at_new, true));
            continue;
        }
        while (at_old < old.len() || at_new < new.len())
            && !(at_old < old.len() && at_new < new.len() && old[at_old] == new[at_new])
        {
            let at = at_old * width + at_new;
            let is_gone =
                at_new == new.len() || (at_old < old.len() && lengths[at + width] >= lengths[at + 1]);
            if is_gone { at_old += 1 } else { at_new += 1 }
        }
        runs.push((from_old..at_old, from_new..at_new, false));
    }
    joined(runs, old)
}

/// Without runs of nothing but spaces between two that differ: `two words` for `other ones` is one change, not two.
fn joined(runs: Vec<Run>, old: &[&str]) -> Vec<Run> {
    let mut joined: Vec<Run> = Vec::new();
    let mut runs = runs.into_iter().peekable();
    while let Some(run) = runs.next() {
        let is_space = run.2 && old[run.0.clone()].iter().all(|part| part.trim().is_empty());
        let is_between = joined.last().is_some_and(|last| !last.2) && runs.peek().is_some_and(|next| !next.2);
        match joined.last_mut() {
            Some(last) if (is_space && is_between) || (!run.2 && !last.2) => {
                (last.0.end, last.1.end) = (run.0.end, run.1.end);
            }
            _ => joined.push(run),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(former: &str, text: &str) -> String {
        let words = pieces(former, text).into_iter().map(|piece| match piece {
            Piece::Same(words) => words,
            Piece::Gone(words) => format!("[-{words}-]"),
            Piece::Come(words) => format!("[+{words}+]"),
        });
        words.collect()
    }

    #[test]
    fn the_words_that_changed_are_marked() {
        let rows = [
            (
                "The stand-up is on Tuesday.",
                "The stand-up is on Friday.",
                "The stand-up is on [-Tuesday-][+Friday+].",
            ),
            ("The dose is 5 mg.", "The dose is 7 mg.", "The dose is [-5-][+7+] mg."),
            ("Ada likes tea.", "Ada likes tea.", "Ada likes tea."),
            ("Ada likes tea.", "Ada likes green tea.", "Ada likes [+green +]tea."),
            ("Ada likes green tea.", "Ada likes tea.", "Ada likes [-green -]tea."),
            ("It is so.", "It is so", "It is so[-.-]"),
            ("the old one here", "the new two here", "the [-old one-][+new two+] here"),
            ("a b c d", "a x c y", "a [-b-][+x+] c [-d-][+y+]"),
            ("日本語", "日本", "[-日本語-][+日本+]"),
            ("", "new", "[+new+]"),
            ("old", "", "[-old-]"),
            ("", "", ""),
        ];
        for (former, text, expected) in rows {
            assert_eq!(told(former, text), expected);
        }
    }

    #[test]
    fn the_pieces_are_the_texts() {
        let long = |word: &str| format!("Begin. {} End.", vec![word; 900].join(" "));
        let texts = ["", "a", "é 日, e\u{301}!", "one two  three\n\nfour", "one 2 three; four?", "👩‍👩‍👧 x"]
            .map(String::from);
        let texts: Vec<_> = texts.into_iter().chain([long("one"), long("two")]).collect();
        for former in &texts {
            for text in &texts {
                let pieces = pieces(former, text);
                let join = |without: fn(&Piece) -> bool| {
                    let kept = pieces.iter().filter(|piece| !without(piece)).map(|piece| match piece {
                        Piece::Same(words) | Piece::Gone(words) | Piece::Come(words) => words.as_str(),
                    });
                    kept.collect::<String>()
                };
                assert_eq!(join(|piece| matches!(piece, Piece::Gone(_))), *text);
                assert_eq!(join(|piece| matches!(piece, Piece::Come(_))), *former);
            }
        }
    }
}
