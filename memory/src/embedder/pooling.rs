//! Token vectors to text vectors: the mean over the tokens that count, scaled to length 1. That is what the model was
//! trained with, see the files `1_Pooling/config.json` and `modules.json` of its repository.

use crate::embedding::DIMENSIONS;

/// One vector of length 1 per text. `hidden` is `[texts, width, 384]`, `mask` is `[texts, width]` with 1 for tokens and
/// 0 for padding. A text whose tokens cancel out, or that has none, becomes all zero or not a number.
pub(super) fn pool<'a>(
    hidden: &'a [f32],
    mask: &'a [i64],
    width: usize,
) -> impl Iterator<Item = Vec<f32>> + 'a {
    let texts = hidden.chunks_exact(width * DIMENSIONS).zip(mask.chunks_exact(width));
    texts.map(|(tokens, mask)| normalised(mean(tokens, mask)))
}

fn mean(tokens: &[f32], mask: &[i64]) -> Vec<f32> {
    let mut sum = vec![0.0; DIMENSIONS];
    let mut counted = 0.0;
    for (token, _) in tokens.chunks_exact(DIMENSIONS).zip(mask).filter(|(_, mask)| **mask == 1) {
        sum.iter_mut().zip(token).for_each(|(total, component)| *total += component);
        counted += 1.0;
    }
    sum.iter_mut().for_each(|total| *total /= counted);
    sum
}

fn normalised(mut vector: Vec<f32>) -> Vec<f32> {
    let length = vector.iter().map(|component| component * component).sum::<f32>().sqrt();
    vector.iter_mut().for_each(|component| *component /= length);
    vector
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A token vector that has `values` in front and zeros behind.
    fn token(values: [f32; 2]) -> Vec<f32> {
        let mut token = vec![0.0; DIMENSIONS];
        token[..2].copy_from_slice(&values);
        token
    }

    #[test]
    fn padding_does_not_count_and_the_result_has_length_one() {
        let hidden = [token([6.0, 0.0]), token([0.0, 8.0]), token([0.0, 5.0]), token([9.0, 9.0])].concat();
        let pooled: Vec<_> = pool(&hidden, &[1, 1, 1, 0], 2).collect();
        assert_eq!(pooled, [token([0.6, 0.8]), token([0.0, 1.0])]);
    }

    #[test]
    fn tokens_are_averaged_before_the_length_is_set() {
        let hidden = [token([1.0, 0.0]), token([1.0, 0.0]), token([0.0, 2.0])].concat();
        let pooled: Vec<_> = pool(&hidden, &[1, 1, 1], 3).collect();
        let diagonal = std::f32::consts::FRAC_1_SQRT_2;
        assert!((pooled[0][0] - diagonal).abs() < 1e-6 && (pooled[0][1] - diagonal).abs() < 1e-6);
    }
}
