//! Vectors near those of real texts, and the exact search that recall is compared with.

use crate::setup::workspace;

pub(crate) const DIMENSIONS: usize = 384;

/// Rows of vectors, each of length one.
pub(crate) struct Vectors(Vec<f32>);

impl Vectors {
    /// Vectors around the real vectors of real texts, spread as paraphrases are (about 0.3 apart): neither the same for
    /// every query nor without any structure. The same in every run.
    pub(crate) fn near_real_texts(count: usize) -> Self {
        let bases = real_vectors();
        let mut random = Random(1);
        let mut rows = Vec::with_capacity(count * DIMENSIONS);
        for number in 0..count {
            let base = &bases[number % bases.len()];
            let moved: Vec<f32> =
                base.iter().map(|component| component + (random.unit() - 0.5) * 0.15).collect();
            rows.extend(normalised(&moved));
        }
        Self(rows)
    }

    pub(crate) fn get(&self, number: usize) -> &[f32] {
        &self.0[number * DIMENSIONS..(number + 1) * DIMENSIONS]
    }

    /// Cosine distance of a row to a vector of length one.
    pub(crate) fn distance(&self, number: usize, to: &[f32]) -> f32 {
        1.0 - dot(self.get(number), to)
    }

    /// The distance of the `k`th nearest among the first `count` rows that a scope owns.
    pub(crate) fn nearest(&self, count: usize, owns: impl Fn(usize) -> bool, to: &[f32], k: usize) -> f32 {
        let mut distances: Vec<f32> =
            (0..count).filter(|&number| owns(number)).map(|number| self.distance(number, to)).collect();
        let (_, at, _) = distances.select_nth_unstable_by(k - 1, f32::total_cmp);
        *at
    }
}

pub(crate) fn normalised(vector: &[f32]) -> Vec<f32> {
    let length = dot(vector, vector).sqrt();
    vector.iter().map(|component| component / length).collect()
}

/// In sixteen lanes, so that the compiler may compute them side by side.
fn dot(one: &[f32], other: &[f32]) -> f32 {
    let mut lanes = [0.0_f32; 16];
    for (one, other) in one.chunks_exact(16).zip(other.chunks_exact(16)) {
        for at in 0..16 {
            lanes[at] += one[at] * other[at];
        }
    }
    lanes.iter().sum()
}

/// SplitMix64: the same numbers in every run.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// From 0 to 1.
    fn unit(&mut self) -> f32 {
        (self.bits() >> 40) as f32 / 16_777_216.0
    }
}

fn rows() -> Vec<serde_json::Value> {
    let json = std::fs::read_to_string(workspace().join("memory/tests/data/embeddings.json")).unwrap();
    let parsed: serde_json::Value = serde_json::from_str(&json).unwrap();
    parsed["rows"].as_array().unwrap().clone()
}

fn real_vectors() -> Vec<Vec<f32>> {
    rows().iter().map(|row| serde_json::from_value(row["vector"].clone()).unwrap()).collect()
}

/// Sentences to ask with, near the real texts and none of them.
pub(crate) fn questions(most: usize) -> Vec<String> {
    let is_sentence = |row: &&serde_json::Value| {
        let text = row["text"].as_str().unwrap_or_default();
        row["tokens"].as_u64().is_some_and(|tokens| (9..=30).contains(&tokens))
            && text.is_ascii()
            && text.split(' ').count() > 4
    };
    let rows = rows();
    let texts = rows.iter().filter(is_sentence).filter_map(|row| row["text"].as_str());
    texts.take(most).map(|text| format!("What do we know about this: {text}")).collect()
}
