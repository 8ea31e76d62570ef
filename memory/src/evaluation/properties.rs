//! What holds for any cases and settings.

use super::{
    Case, Found, JudgedQuery, K_MAX, Setting, compare, distances, figures, suggest,
    suggestion::{Random, WIDTH},
};
use crate::{
    Text,
    ranking::{Candidate, Ranking, Weights, rank},
    threshold::Threshold,
};

impl Random {
    fn fraction(&mut self) -> f64 {
        self.below(1000) as f64 / 1000.0
    }
}

/// Candidates as a search finds them: some near, some by their words alone, some beside others.
fn found(random: &mut Random) -> Vec<Found> {
    let count = random.below(60);
    let mut found: Vec<Found> = (0..count)
        .map(|number| {
            let distance = random.fraction() * 1.2;
            let candidate = Candidate {
                // Not in the order of their distances.
                id: format!("{:04}", number * 7919 % 10_007).parse().unwrap(),
                distance: Some(distance),
                text_score: (random.below(3) == 0).then(|| random.fraction() * 9.0),
                around_score: (random.below(2) == 0).then(|| random.fraction() * 9.0),
                is_question: random.below(4) == 0,
            };
            Found { candidate, is_worded: random.below(5) == 0 }
        })
        .collect();
    // Equal ones too.
    if count > 2 {
        found[1].candidate.distance = found[0].candidate.distance;
    }
    found
}

fn judged(random: &mut Random, found: &[Found]) -> JudgedQuery {
    let (mut good, mut bad) = (Vec::new(), Vec::new());
    for one in found {
        match random.below(5) {
            0 => good.push(one.candidate.id.clone()),
            1 => bad.push(one.candidate.id.clone()),
            _ => {}
        }
    }
    if random.below(4) == 0 {
        good.push("out of reach".parse().unwrap());
    }
    JudgedQuery { query: Text::new("q").unwrap(), good, bad }
}

fn setting(random: &mut Random) -> Setting {
    let weights = Weights {
        vector: random.fraction() * 3.0,
        text: random.fraction() * 3.0,
        around: random.fraction() + 0.1,
    };
    Setting {
        threshold: Threshold::new(random.fraction() * 1.3).unwrap(),
        k: 1 + random.below(K_MAX),
        ranking: Ranking::ALL[random.below(2)],
        weights,
    }
}

fn cases(random: &mut Random, count: usize) -> Vec<Case> {
    (0..count)
        .map(|_| {
            let found = found(random);
            Case::new(&judged(random, &found), found)
        })
        .collect()
}

#[test]
fn a_case_ranks_as_the_ranking_does() {
    let mut random = Random(1);
    for _ in 0..200 {
        let (found, setting) = (found(&mut random), setting(&mut random));
        let candidates: Vec<Candidate> = found.iter().map(|one| one.candidate.clone()).collect();
        let expected: Vec<_> =
            rank(&candidates, setting.weights).into_iter().map(|one| one.id).take(setting.k).collect();
        let case = Case::new(&judged(&mut random, &found), found);
        let everything =
            Setting { threshold: Threshold::new(2.0).unwrap(), ranking: Ranking::Hybrid, ..setting };
        let ranked: Vec<_> = case.recalled(&everything).into_iter().map(|row| row.id.clone()).collect();
        assert_eq!(ranked, expected);
    }
}

#[test]
fn figures_agree_with_the_rows_and_never_leave_their_scale() {
    let mut random = Random(2);
    for _ in 0..200 {
        let cases = cases(&mut random, 3);
        let setting = setting(&mut random);
        let told = figures(&cases, &setting);
        let recalled: Vec<_> = cases.iter().map(|case| case.recalled(&setting)).collect();
        assert_eq!(told.rows, recalled.iter().map(Vec::len).sum::<usize>());
        assert_eq!(told.empty, recalled.iter().filter(|rows| rows.is_empty()).count());
        assert_eq!(told.good + told.missed, cases.iter().map(Case::good).sum::<usize>());
        assert!(told.good + told.bad <= told.rows && told.rows <= 3 * setting.k);
        for figure in [told.recall(), told.precision(), told.f1(), Some(told.empty_share())] {
            assert!(figure.is_none_or(|figure| (0.0..=1.0).contains(&figure)), "{told:?}");
        }
    }
}

#[test]
fn a_wider_threshold_and_a_larger_count_lose_nothing() {
    let mut random = Random(3);
    for _ in 0..200 {
        let cases = cases(&mut random, 2);
        let first = setting(&mut random);
        let wider = Threshold::clamped_or(first.threshold.distance() + random.fraction(), first.threshold);
        for second in [
            Setting { threshold: wider, ..first },
            Setting { k: K_MAX.min(first.k + random.below(20)), ..first },
        ] {
            let changes = compare(&cases, &first, &second);
            assert!(changes.iter().all(|change| change.lost.is_empty()), "{changes:?}");
            let gained: usize = changes.iter().map(|change| change.gained.len()).sum();
            assert_eq!(figures(&cases, &second).rows - figures(&cases, &first).rows, gained);
            // The other way round it is the other way round.
            let back = compare(&cases, &second, &first);
            assert_eq!(back.iter().map(|change| change.lost.len()).sum::<usize>(), gained);
        }
    }
}

#[test]
fn no_setting_is_better_than_the_suggested_one() {
    let mut random = Random(4);
    for round in 0..60 {
        let cases = cases(&mut random, 1 + round % 6);
        let some = setting(&mut random);
        let Some(suggestion) = suggest(&cases, some.weights, WIDTH) else {
            let everything = Setting { threshold: Threshold::new(2.0).unwrap(), k: K_MAX, ..some };
            assert_eq!(figures(&cases, &everything).good, 0);
            continue;
        };
        assert_eq!(figures(&cases, &suggestion.setting), suggestion.figures);
        assert!(suggestion.setting.checked().is_ok());
        for _ in 0..60 {
            let other = Setting { weights: some.weights, ..setting(&mut random) };
            let other_f1 = figures(&cases, &other).f1().unwrap_or_default();
            assert!(other_f1 <= suggestion.f1 + 1e-12, "{other:?} {other_f1} {suggestion:?}");
        }
        let width = suggestion.f1_interval.width();
        assert!((0.0..=1.0).contains(&width), "{suggestion:?}");
    }
}

#[test]
fn a_case_is_the_same_after_a_journey_as_json() {
    let mut random = Random(5);
    let cases = cases(&mut random, 5);
    let text = serde_json::to_string(&cases).unwrap();
    let back: Vec<Case> = serde_json::from_str(&text).unwrap();
    assert_eq!(back.len(), cases.len());
    let setting = setting(&mut random);
    assert_eq!(figures(&back, &setting), figures(&cases, &setting));
    // Reading a number may be off by one unit of its last place.
    let (there, here) = (distances(&back), distances(&cases));
    assert_eq!((there.good.len(), there.bad.len()), (here.good.len(), here.bad.len()));
    assert!(there.good.iter().zip(&here.good).all(|(one, other)| (one - other).abs() < 1e-12));
}

/// Fifty queries of fifty candidates in far less than a frame: a slider asks for it while it is dragged.
#[test]
#[ignore = "a measurement, by --release -- --ignored --nocapture: docs/ARCHITECTURE.md, Tuning a recall"]
fn a_drag_of_the_slider_keeps_up() {
    let mut random = Random(6);
    let mut cases = Vec::new();
    while cases.len() < 50 {
        let found = found(&mut random);
        if found.len() >= 50 {
            cases.push(Case::new(&judged(&mut random, &found), found));
        }
    }
    let settings: Vec<Setting> = (0..50).map(|_| setting(&mut random)).collect();
    let began = std::time::Instant::now();
    let rows: usize = settings.iter().map(|setting| figures(&cases, setting).rows).sum();
    let milliseconds = began.elapsed().as_secs_f64() * 1000.0 / 50.0;
    println!("{rows} rows, {milliseconds:.3} ms for each setting");
    let began = std::time::Instant::now();
    let suggestion = suggest(&cases, Weights::default(), WIDTH);
    println!("{suggestion:?} in {:.1} ms", began.elapsed().as_secs_f64() * 1000.0);
}
