//! A judged query with all that it takes to recall for it again, without a request.

use serde::{Deserialize, Serialize};

use super::{JudgedQuery, Judgement, Setting};
use crate::{
    ranking::{CARRIED_BEYOND, Candidate, Ranked, Ranking, Weights, rank},
    scope::MemoryId,
    threshold::Threshold,
};

/// A candidate as the searches found it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Found {
    /// What its ranking is made of.
    pub candidate: Candidate,
    /// Whether its words can carry it beyond the threshold, see [`crate::ranking::is_carried`].
    pub is_worded: bool,
}

impl Found {
    /// One of the nearest, of which nothing but its distance is known.
    #[must_use]
    pub fn near(id: MemoryId, distance: f64) -> Self {
        let candidate = Candidate { id, distance: Some(distance), ..Candidate::default() };
        Self { candidate, is_worded: false }
    }
}

/// A candidate of a query, ready to be ranked by any weights.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// The memory.
    pub id: MemoryId,
    /// What somebody said of it.
    pub judgement: Option<Judgement>,
    /// Its cosine distance; `None` where it was gone before it could be measured: it is never recalled then.
    pub distance: Option<f64>,
    /// Whether its words can carry it beyond the threshold.
    pub is_worded: bool,
    /// What the vector adds to its score, 0 to 1, before it is weighed.
    pub vector: f64,
    /// What its words add.
    pub text: f64,
    /// What its words and those of the turns around it add.
    pub around: f64,
    /// Whether it asks something itself, which takes [`Weights::asking`] off.
    pub is_question: bool,
}

impl Row {
    /// The score of a hybrid ranking, as [`rank`] has it.
    fn score(&self, weights: Weights) -> f64 {
        let asking = if self.is_question { weights.asking() } else { 0.0 };
        weights.vector * self.vector + weights.text * self.text + weights.around * self.around - asking
    }

    /// Whether a threshold lets it in.
    fn passes(&self, ranking: Ranking, threshold: Threshold) -> bool {
        let carried = |distance| distance <= threshold.distance() + CARRIED_BEYOND;
        self.distance.is_some_and(|distance| {
            threshold.includes(distance)
                || (ranking == Ranking::Hybrid && self.is_worded && carried(distance))
        })
    }

    /// The least threshold that lets it in, down to less than 0; `None` where none does.
    pub(super) fn enters_at(&self, ranking: Ranking) -> Option<f64> {
        match ranking {
            Ranking::Distance => self.distance,
            Ranking::Hybrid if self.is_worded => self.distance.map(|distance| distance - CARRIED_BEYOND),
            Ranking::Hybrid => self.distance,
        }
    }
}

/// A judged query with its candidates.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Case {
    /// What is asked.
    pub query: String,
    /// Its candidates, by id.
    pub rows: Vec<Row>,
    /// Memories judged good that are not among the candidates: no setting recalls them.
    pub out_of_reach: usize,
    /// Memories judged bad that are not among the candidates.
    pub bad_out_of_reach: usize,
}

/// A row by its place in [`Case::rows`], and what it is ranked by: the least first.
pub(super) type Place = (f64, usize);

impl Case {
    /// A query with what was found for it. The shares of the ranking are worked out once, here: they depend on no setting.
    #[must_use]
    pub fn new(judged: &JudgedQuery, found: Vec<Found>) -> Self {
        let candidates: Vec<Candidate> = found.iter().map(|one| one.candidate.clone()).collect();
        let mut found = found;
        found.sort_by(|one, other| one.candidate.id.cmp(&other.candidate.id));
        let mut ranked = rank(&candidates, Weights::default());
        ranked.sort_by(|one, other| one.id.cmp(&other.id));
        let row = |(Found { candidate, is_worded }, ranked): (Found, Ranked)| Row {
            judgement: judged.judgement(&candidate.id),
            id: candidate.id,
            distance: candidate.distance,
            is_question: candidate.is_question,
            is_worded,
            vector: ranked.vector.share,
            text: ranked.text.share,
            around: ranked.around.share,
        };
        let rows: Vec<Row> = found.into_iter().zip(ranked).map(row).collect();
        let missing = |judgement, all: &[MemoryId]| {
            all.len() - rows.iter().filter(|row| row.judgement == Some(judgement)).count()
        };
        Self {
            query: judged.query.as_str().into(),
            out_of_reach: missing(Judgement::Good, &judged.good),
            bad_out_of_reach: missing(Judgement::Bad, &judged.bad),
            rows,
        }
    }

    /// Memories judged good, within reach or not.
    #[must_use]
    pub fn good(&self) -> usize {
        self.out_of_reach + self.judged(Judgement::Good)
    }

    /// Memories judged in all.
    #[must_use]
    pub fn judgements(&self) -> usize {
        self.good() + self.bad_out_of_reach + self.judged(Judgement::Bad)
    }

    fn judged(&self, judgement: Judgement) -> usize {
        self.rows.iter().filter(|row| row.judgement == Some(judgement)).count()
    }

    /// What a setting recalls, best first.
    #[must_use]
    pub fn recalled(&self, setting: &Setting) -> Vec<&Row> {
        let mut places = Vec::new();
        self.recalled_in(setting, &mut places).collect()
    }

    /// The same without memory of its own: `places` is room that is used again. Only what is among the best can be recalled, and of
    /// these what passes.
    pub(super) fn recalled_in<'a, 'b>(
        &'a self,
        setting: &'b Setting,
        places: &'b mut Vec<Place>,
    ) -> impl Iterator<Item = &'a Row> + use<'a, 'b> {
        self.best(setting, places);
        let rows = places.iter().map(|(_, at)| &self.rows[*at]);
        rows.filter(|row| row.passes(setting.ranking, setting.threshold))
    }

    /// The `k` best that a ranking knows, best first, whatever the threshold. Equal ones are in the order of their ids. They are kept in
    /// order as they come: among so few that is as quick as a sort, and a tenth of its code in the browser.
    pub(super) fn best(&self, setting: &Setting, places: &mut Vec<Place>) {
        places.clear();
        for (at, row) in self.rows.iter().enumerate() {
            let key = match setting.ranking {
                Ranking::Distance => row.distance,
                Ranking::Hybrid => Some(-row.score(setting.weights)),
            };
            let Some(key) = key else { continue };
            let place = places.partition_point(|(known, _)| known.total_cmp(&key).is_le());
            if place < setting.k {
                places.insert(place, (key, at));
                places.truncate(setting.k);
            }
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::{
        MemoryRecord, Text,
        ranking::{is_carried, passes, terms_of},
    };

    /// A case of near rows: id, distance, and `+`, `-` or nothing for the judgement.
    pub(in crate::evaluation) fn case(rows: &[(&str, f64, &str)]) -> Case {
        let ids = |sign: &str| {
            let of = rows.iter().filter(|(.., said)| *said == sign);
            of.map(|(id, ..)| id.parse().unwrap()).collect()
        };
        let judged = JudgedQuery { query: Text::new("q").unwrap(), good: ids("+"), bad: ids("-") };
        let found = rows.iter().map(|(id, distance, _)| Found::near(id.parse().unwrap(), *distance));
        Case::new(&judged, found.collect())
    }

    pub(in crate::evaluation) fn by_distance(threshold: f64, k: usize) -> Setting {
        let threshold = Threshold::new(threshold).unwrap();
        Setting { threshold, k, ranking: Ranking::Distance, ..Setting::default() }
    }

    fn ids(rows: &[&Row]) -> Vec<String> {
        rows.iter().map(|row| row.id.to_string()).collect()
    }

    #[test]
    fn by_distance_the_first_k_within_the_threshold_are_recalled() {
        let case = case(&[("c", 0.3, ""), ("a", 0.5, "+"), ("b", 0.5, "-"), ("d", 0.9, "")]);
        let rows = [(0.5, 9, "cab"), (0.5, 2, "ca"), (0.49, 9, "c"), (2.0, 9, "cabd"), (0.0, 9, "")];
        for (threshold, k, expected) in rows {
            let recalled = case.recalled(&by_distance(threshold, k));
            assert_eq!(ids(&recalled).concat(), expected, "{threshold} {k}");
        }
    }

    #[test]
    fn words_carry_as_far_as_they_do_in_a_recall() {
        let (terms, text) = (terms_of("red kayak"), "The red kayak.");
        for threshold in [0.0, 0.3, 0.55, 1.0] {
            for beyond in [0.0, 0.1, CARRIED_BEYOND - 1e-9, CARRIED_BEYOND, CARRIED_BEYOND + 1e-9, 0.5] {
                let (threshold, distance) = (Threshold::new(threshold).unwrap(), threshold + beyond);
                let memory =
                    MemoryRecord { text: text.into(), distance: Some(distance), ..Default::default() };
                let row = Row {
                    is_worded: is_carried(&terms, text, Some(0.0), threshold),
                    ..case(&[("a", distance, "")]).rows[0].clone()
                };
                assert_eq!(
                    row.passes(Ranking::Hybrid, threshold),
                    passes(&terms, &memory, threshold),
                    "{threshold} {distance}"
                );
                assert_eq!(row.passes(Ranking::Distance, threshold), threshold.includes(distance));
            }
        }
    }

    #[test]
    fn what_was_judged_and_is_no_candidate_is_out_of_reach() {
        let judged = JudgedQuery {
            query: Text::new("q").unwrap(),
            good: vec!["a".parse().unwrap(), "gone".parse().unwrap()],
            bad: vec!["far".parse().unwrap()],
        };
        let case = Case::new(&judged, vec![Found::near("a".parse().unwrap(), 0.1)]);
        assert_eq!((case.out_of_reach, case.bad_out_of_reach), (1, 1));
        assert_eq!((case.good(), case.judgements()), (2, 3));
    }
}
