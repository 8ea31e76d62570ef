//! Which texts run together, and the tensors that the graph takes.

/// Most tokens of a batch, padding included: those of one text of full length, so that nothing holds others up for longer
/// than such a text does. Larger ones gain little: 2 % with 384.
pub(super) const MAX_TOKENS: usize = 256;

/// What an inference costs before its first token, in tokens: the weights have to pass through the processor's cache.
/// Measured with one thread: 1.8 ms, and 0.1 ms for each token.
pub(super) const FIXED_TOKENS: usize = 18;

/// Groups texts, given by their lengths in tokens, so that they take the least time: sorted by length, and cut where
/// padding would cost more than another inference, or where a batch would outgrow [`MAX_TOKENS`]. Every index comes once.
pub(super) fn plan(lengths: &[usize]) -> Vec<Vec<usize>> {
    let mut shortest_first: Vec<usize> = (0..lengths.len()).collect();
    shortest_first.sort_by_key(|&index| lengths[index]);
    let mut batches = Vec::new();
    let mut rest = shortest_first.as_slice();
    let cuts = cheapest_cuts(&shortest_first.iter().map(|&index| lengths[index]).collect::<Vec<_>>());
    while !rest.is_empty() {
        let (shorter, batch) = rest.split_at(cuts[rest.len()]);
        batches.push(batch.to_vec());
        rest = shorter;
    }
    batches.reverse();
    batches
}

/// For each number of the shortest texts: where their last batch begins, so that all of their batches are cheapest.
fn cheapest_cuts(lengths: &[usize]) -> Vec<usize> {
    let mut costs = vec![0; lengths.len() + 1];
    let mut cuts = vec![0; lengths.len() + 1];
    for end in 1..=lengths.len() {
        // The last one is the longest: all others of its batch are padded to its length.
        let width = lengths[end - 1];
        let fitting = (MAX_TOKENS / width.max(1)).max(1);
        let cost = |start: usize| costs[start] + FIXED_TOKENS + (end - start) * width;
        let cut = (end.saturating_sub(fitting)..end).min_by_key(|&start| cost(start)).unwrap_or(0);
        (costs[end], cuts[end]) = (cost(cut), cut);
    }
    cuts
}

/// Input tensors `[texts, width]`, row by row.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Batch {
    /// Number of texts.
    pub(super) texts: usize,
    /// Tokens per text, padding included.
    pub(super) width: usize,
    /// Word piece numbers, filled up with that of the padding.
    pub(super) ids: Vec<i64>,
    /// 1 for a token, 0 for padding.
    pub(super) mask: Vec<i64>,
    /// All zero: every text is a single sentence.
    pub(super) types: Vec<i64>,
}

impl Batch {
    /// Pads every row to the longest one.
    pub(super) fn new<'a>(rows: impl ExactSizeIterator<Item = &'a [u32]> + Clone, padding: u32) -> Self {
        let (texts, width) = (rows.len(), rows.clone().map(<[u32]>::len).max().unwrap_or(0));
        let size = texts * width;
        let ids = vec![i64::from(padding); size];
        let mut batch = Self { texts, width, ids, mask: vec![0; size], types: vec![0; size] };
        for (index, row) in rows.enumerate() {
            let start = index * width;
            for (position, &id) in (start..).zip(row) {
                batch.ids[position] = i64::from(id);
                batch.mask[position] = 1;
            }
        }
        batch
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_rows_are_padded_and_masked() {
        let rows: [&[u32]; 2] = [&[101, 102], &[101, 7, 102]];
        let batch = Batch::new(rows.into_iter(), 9);
        assert_eq!((batch.texts, batch.width), (2, 3));
        assert_eq!(batch.ids, [101, 102, 9, 101, 7, 102]);
        assert_eq!(batch.mask, [1, 1, 0, 1, 1, 1]);
        assert_eq!(batch.types, [0; 6]);
    }

    #[test]
    fn texts_of_like_length_share_a_batch() {
        assert_eq!(plan(&[256, 2, 256, 3]), [vec![1, 3], vec![0], vec![2]]);
        assert_eq!(plan(&[]), Vec::<Vec<usize>>::new());
    }

    #[test]
    fn a_text_runs_apart_where_padding_would_cost_more_than_an_inference() {
        assert_eq!(plan(&[8, 60, 8, 6, 20]), [vec![3, 0, 2], vec![4], vec![1]]);
        assert_eq!(plan(&[20, 24, 28]), [[0, 1, 2]]);
    }

    #[test]
    fn no_batch_outgrows_the_limit_and_no_text_is_lost() {
        let lengths: Vec<usize> = (0..500).map(|index| 2 + index * 37 % 255).collect();
        let batches = plan(&lengths);
        for batch in &batches {
            let width = batch.iter().map(|&index| lengths[index]).max().unwrap();
            assert!(batch.len() * width <= MAX_TOKENS);
        }
        let mut all: Vec<_> = batches.concat();
        all.sort_unstable();
        assert_eq!(all, (0..500).collect::<Vec<_>>());
    }
}
