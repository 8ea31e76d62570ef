//! A text as a point: numbers whose directions can be compared.

use crate::input::{InvalidInput, Problem};

/// Dimensions of all-MiniLM-L6-v2.
pub const DIMENSIONS: usize = 384;

/// A vector of finite numbers that has a direction (it is not all zero).
///
/// How many numbers depends on the model: 384 for all-MiniLM-L6-v2. Its vectors have length 1; those of others, and what another
/// program wrote, may have any length.
#[derive(Debug, Clone, PartialEq)]
pub struct Embedding(Box<[f32]>);

impl Embedding {
    /// A checked vector.
    ///
    /// # Errors
    /// No numbers, NaN or infinity inside, or a length of zero: Redis answers such queries with distances that are not numbers.
    pub fn new(components: Vec<f32>) -> Result<Self, InvalidInput> {
        let norm = squared_norm(&components);
        if !norm.is_finite() || norm == 0.0 {
            return Err(InvalidInput::new("embedding", Problem::NotAnEmbedding));
        }
        Ok(Self(components.into()))
    }

    /// How many numbers it has.
    #[must_use]
    pub fn dimensions(&self) -> usize {
        self.0.len()
    }

    /// The components.
    #[must_use]
    pub fn as_slice(&self) -> &[f32] {
        &self.0
    }

    /// The form of a query vector in Redis: little-endian f32, 1536 bytes of 384 numbers.
    #[must_use]
    pub fn to_le_bytes(&self) -> Vec<u8> {
        self.0.iter().flat_map(|component| component.to_le_bytes()).collect()
    }

    /// Cosine distance to another vector, 0 (same direction) to 2 (opposite), computed in f64. Vectors of
    /// different models have none that means anything.
    #[must_use]
    pub fn cosine_distance(&self, other: &Self) -> f64 {
        let dot: f64 = self.0.iter().zip(&other.0).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum();
        1.0 - dot / (squared_norm(&self.0) * squared_norm(&other.0)).sqrt()
    }
}

fn squared_norm(components: &[f32]) -> f64 {
    components.iter().map(|&component| f64::from(component).powi(2)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis(index: usize, value: f32) -> Embedding {
        let mut components = vec![0.0; DIMENSIONS];
        components[index] = value;
        Embedding::new(components).unwrap()
    }

    #[test]
    fn only_vectors_with_a_direction_are_accepted() {
        assert!(Embedding::new(vec![0.0; DIMENSIONS]).is_err());
        assert!(Embedding::new(Vec::new()).is_err());
        assert_eq!(Embedding::new(vec![1.0; 32]).unwrap().dimensions(), 32);
        for bad in [f32::NAN, f32::INFINITY] {
            let mut components = vec![1.0; DIMENSIONS];
            components[7] = bad;
            assert!(Embedding::new(components).is_err());
        }
    }

    #[test]
    fn distance_is_about_direction_only() {
        assert_eq!(axis(0, 1.0).cosine_distance(&axis(0, 5.0)), 0.0);
        assert_eq!(axis(0, 1.0).cosine_distance(&axis(1, 1.0)), 1.0);
        assert_eq!(axis(0, 1.0).cosine_distance(&axis(0, -2.0)), 2.0);
    }

    #[test]
    fn the_query_form_is_1536_little_endian_bytes() {
        let bytes = axis(1, 1.5).to_le_bytes();
        assert_eq!(bytes.len(), 1536);
        assert_eq!(bytes[4..8], 1.5f32.to_le_bytes());
    }
}
