//! Token vectors to text vectors, in the way that the model was trained with.

use super::settings::{ModelSettings, Pooling};

/// One vector per text. `hidden` is `[texts, width, dimensions]`, `mask` is `[texts, width]` with 1 for tokens and 0 for padding,
/// which stands behind them. A text whose tokens cancel out, or that has none, becomes all zero or not a number.
pub(super) fn pool<'a>(
    hidden: &'a [f32],
    mask: &'a [i64],
    width: usize,
    settings: &'a ModelSettings,
) -> impl Iterator<Item = Vec<f32>> + 'a {
    let texts = hidden.chunks_exact(width * settings.dimensions).zip(mask.chunks_exact(width));
    texts.map(|(tokens, mask)| {
        let pooled = pooled(tokens, mask, settings);
        if settings.is_normalized { normalized(pooled) } else { pooled }
    })
}

fn pooled(tokens: &[f32], mask: &[i64], settings: &ModelSettings) -> Vec<f32> {
    let size = settings.dimensions;
    match settings.pooling {
        Pooling::Mean => mean(tokens, mask, size, |count| count),
        Pooling::MeanSqrtLen => mean(tokens, mask, size, f32::sqrt),
        Pooling::Max => max(tokens, mask, size),
        Pooling::Cls => tokens[..size].to_vec(),
        Pooling::LastToken => {
            let last = mask.iter().rposition(|mask| *mask == 1).unwrap_or(0);
            tokens[last * size..][..size].to_vec()
        }
    }
}

/// The sum of the tokens that count over what their number is turned into.
fn mean(tokens: &[f32], mask: &[i64], size: usize, divisor: impl Fn(f32) -> f32) -> Vec<f32> {
    let mut sum = vec![0.0; size];
    let mut counted = 0.0;
    for (token, _) in tokens.chunks_exact(size).zip(mask).filter(|(_, mask)| **mask == 1) {
        sum.iter_mut().zip(token).for_each(|(total, component)| *total += component);
        counted += 1.0;
    }
    let divisor = divisor(counted);
    sum.iter_mut().for_each(|total| *total /= divisor);
    sum
}

fn max(tokens: &[f32], mask: &[i64], size: usize) -> Vec<f32> {
    let mut largest = vec![f32::NEG_INFINITY; size];
    for (token, _) in tokens.chunks_exact(size).zip(mask).filter(|(_, mask)| **mask == 1) {
        largest.iter_mut().zip(token).for_each(|(largest, component)| *largest = largest.max(*component));
    }
    largest
}

fn normalized(mut vector: Vec<f32>) -> Vec<f32> {
    let length = vector.iter().map(|component| component * component).sum::<f32>().sqrt();
    vector.iter_mut().for_each(|component| *component /= length);
    vector
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(pooling: Pooling, is_normalized: bool) -> ModelSettings {
        ModelSettings { dimensions: 2, pooling, is_normalized, ..ModelSettings::default() }
    }

    #[test]
    fn padding_does_not_count_and_the_result_has_length_one() {
        let hidden = [[6.0, 0.0], [0.0, 8.0], [0.0, 5.0], [9.0, 9.0]].concat();
        let pooled: Vec<_> = pool(&hidden, &[1, 1, 1, 0], 2, &settings(Pooling::Mean, true)).collect();
        assert_eq!(pooled, [[0.6, 0.8], [0.0, 1.0]]);
    }

    #[test]
    fn tokens_are_averaged_before_the_length_is_set() {
        let hidden = [[1.0, 0.0], [1.0, 0.0], [0.0, 2.0]].concat();
        let pooled: Vec<_> = pool(&hidden, &[1, 1, 1], 3, &settings(Pooling::Mean, true)).collect();
        let diagonal = std::f32::consts::FRAC_1_SQRT_2;
        assert!((pooled[0][0] - diagonal).abs() < 1e-6 && (pooled[0][1] - diagonal).abs() < 1e-6);
    }

    #[test]
    fn each_way_of_pooling_gives_what_it_says() {
        let hidden = [[6.0, -3.0], [2.0, -1.0], [9.0, 9.0]].concat();
        let mask = [1, 1, 0];
        let rows = [
            (Pooling::Cls, [6.0, -3.0]),
            (Pooling::Mean, [4.0, -2.0]),
            (Pooling::MeanSqrtLen, [8.0 / 2_f32.sqrt(), -4.0 / 2_f32.sqrt()]),
            (Pooling::Max, [6.0, -1.0]),
            (Pooling::LastToken, [2.0, -1.0]),
        ];
        for (pooling, expected) in rows {
            let settings = settings(pooling, false);
            assert_eq!(pool(&hidden, &mask, 3, &settings).collect::<Vec<_>>(), [expected], "{pooling}");
        }
    }
}
