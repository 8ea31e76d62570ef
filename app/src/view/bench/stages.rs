//! How the rows of a hybrid ranking came to their places, as markup.

use agent_memory::{
    MemoryRecord, Threshold,
    ranking::{CARRIED_BEYOND, Ranked, Stage, is_carried, matched},
    service::Recalled,
};

use crate::view::{distance::distance, html::escaped, text::excerpt};

/// Characters of a text that stand for it.
const SHOWN: usize = 90;

/// What is asked now, row by row, the best first: the three parts of the score, the words that matched, and from which threshold on
/// the row is recalled. Each unfolds. Empty where nothing was found.
pub(crate) fn stages(found: &Recalled) -> String {
    if found.memories.is_empty() {
        return String::new();
    }
    let row = |memory: &MemoryRecord| {
        let place = found.ranked.iter().position(|ranked| ranked.id == memory.id)?;
        Some(row(memory, place + 1, &found.ranked[place], &found.terms))
    };
    format!(
        r#"<section class="bench__part" aria-labelledby="bench-stages"><h3 class="panel__subheading" id="bench-stages">How this query is ranked</h3><p class="bench__note">By distance, words and neighbouring turns together, of {} candidates.</p><ol class="bench__list bench__list--stages">{}</ol></section>"#,
        found.ranked.len(),
        found.memories.iter().filter_map(row).collect::<String>(),
    )
}

fn row(memory: &MemoryRecord, place: usize, ranked: &Ranked, terms: &[String]) -> String {
    let words = matched(terms, &memory.text);
    let words = match words.is_empty() {
        true => "none of the words".into(),
        false => words.iter().map(|word| escaped(word)).collect::<Vec<_>>().join(", "),
    };
    let asks =
        if ranked.is_question { "<li>It asks something itself, which takes up to 0.2 off.</li>" } else { "" };
    format!(
        r#"<li><details><summary><span class="bench__place">{place}</span> <strong>{:.2}</strong> <span dir="auto">{}</span></summary><table class="bench__stages"><thead><tr><th scope="col">Part</th><th scope="col">Place</th><th scope="col">Score</th><th scope="col">Share</th></tr></thead><tbody>{}{}{}</tbody></table><ul class="bench__list"><li>Matched: <span dir="auto">{words}</span></li>{asks}<li>{}</li></ul></details></li>"#,
        ranked.score,
        escaped(&excerpt(&memory.text, SHOWN).unwrap_or_else(|| memory.text.clone())),
        part("Vector", ranked.vector),
        part("Words", ranked.text),
        part("With neighbours", ranked.around),
        escaped(&recalled_from(memory, terms)),
    )
}

fn part(name: &str, stage: Stage) -> String {
    let place = stage.rank.map_or("–".into(), |rank| rank.to_string());
    let score = stage.score.map_or("–".into(), |score| format!("{score:.2}"));
    let share = stage.share;
    let width = (share.clamp(0.0, 1.0) * 100.0).round();
    format!(
        r#"<tr><th scope="row">{name}</th><td>{place}</td><td>{score}</td><td><svg class="bench__share" aria-hidden="true"><rect width="{width}%" height="100%"/></svg> {share:.2}</td></tr>"#
    )
}

/// From which threshold on a row is recalled, where it is one of the best.
fn recalled_from(memory: &MemoryRecord, terms: &[String]) -> String {
    let Some(at) = memory.distance else { return "It has no distance, and is not recalled.".into() };
    let told = distance(at);
    if memory.is_unread {
        return format!(
            "The model knows too few of the words: {told} is the share of the question's words that it lacks."
        );
    }
    match is_carried(terms, &memory.text, Some(0.0), Threshold::default()) {
        true => format!(
            "Its words carry it: distance {told}, recalled from threshold {} on.",
            distance((at - CARRIED_BEYOND).max(0.0))
        ),
        false => format!("Recalled from threshold {told} on."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_tells_its_parts_its_words_and_its_threshold() {
        let memory = |id: &str, text: &str, distance| MemoryRecord {
            id: id.parse().unwrap(),
            text: text.into(),
            distance: Some(distance),
            ..MemoryRecord::default()
        };
        let stage = |rank, share| Stage { rank: Some(rank), score: Some(share * 9.0), share };
        let ranked = |id: &str, is_question| Ranked {
            id: id.parse().unwrap(),
            score: 1.5,
            vector: stage(2, 0.5),
            text: stage(1, 1.0),
            around: Stage::default(),
            is_question,
        };
        let found = Recalled {
            memories: vec![memory("a", "The <red> kayak", 0.7), memory("b", "Tea?", 0.3)],
            ranked: vec![ranked("a", false), ranked("b", true)],
            terms: vec!["red".into(), "kayak".into()],
            ..Recalled::default()
        };
        let markup = stages(&found);
        for words in [
            "of 2 candidates",
            "The &lt;red> kayak",
            "Matched: <span dir=\"auto\">red, kayak</span>",
            "distance 0.700, recalled from threshold 0.500 on",
            "Recalled from threshold 0.300 on",
            "none of the words",
            "It asks something itself",
            "<td>2</td><td>4.50</td>",
        ] {
            assert!(markup.contains(words), "`{words}` is not in {markup}");
        }
        assert_eq!(stages(&Recalled::default()), "");
    }
}
