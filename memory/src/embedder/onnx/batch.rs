//! Which texts run together, and the tensors that the graph takes.

/// Most tokens of a batch, padding included. Larger batches do not run faster on a processor (their intermediate values
/// outgrow its cache), keep others waiting for longer and take more memory. At least 256, one text of full length.
const MAX_TOKENS: usize = 384;

/// Groups texts, given by their lengths in tokens, so that little is wasted on padding: sorted by length, cut where a
/// batch would outgrow [`MAX_TOKENS`]. Every index comes once.
pub(super) fn plan(lengths: &[usize]) -> Vec<Vec<usize>> {
    let mut shortest_first: Vec<usize> = (0..lengths.len()).collect();
    shortest_first.sort_by_key(|&index| lengths[index]);
    let mut batches: Vec<Vec<usize>> = Vec::new();
    for index in shortest_first {
        match batches.last_mut() {
            // The newcomer is the longest so far: all others are padded to its length.
            Some(batch) if (batch.len() + 1) * lengths[index] <= MAX_TOKENS => batch.push(index),
            _ => batches.push(vec![index]),
        }
    }
    batches
}

/// Input tensors `[texts, width]`, row by row.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Batch {
    /// Number of texts.
    pub(super) texts: usize,
    /// Tokens per text, padding included.
    pub(super) width: usize,
    /// Word piece numbers; 0 is `[PAD]`.
    pub(super) ids: Vec<i64>,
    /// 1 for a token, 0 for padding.
    pub(super) mask: Vec<i64>,
    /// All zero: every text is a single sentence for this model.
    pub(super) types: Vec<i64>,
}

impl Batch {
    /// Pads every row to the longest one.
    pub(super) fn new(rows: &[&[u32]]) -> Self {
        let width = rows.iter().map(|row| row.len()).max().unwrap_or(0);
        let size = rows.len() * width;
        let mut batch =
            Self { texts: rows.len(), width, ids: vec![0; size], mask: vec![0; size], types: vec![0; size] };
        for (index, row) in rows.iter().enumerate() {
            let start = index * width;
            for (position, &id) in (start..).zip(*row) {
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
        let batch = Batch::new(&[&[101, 102], &[101, 7, 102]]);
        assert_eq!((batch.texts, batch.width), (2, 3));
        assert_eq!(batch.ids, [101, 102, 0, 101, 7, 102]);
        assert_eq!(batch.mask, [1, 1, 0, 1, 1, 1]);
        assert_eq!(batch.types, [0; 6]);
    }

    #[test]
    fn texts_of_like_length_share_a_batch() {
        assert_eq!(plan(&[256, 2, 256, 3]), [vec![1, 3], vec![0], vec![2]]);
        assert_eq!(plan(&[]), Vec::<Vec<usize>>::new());
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
