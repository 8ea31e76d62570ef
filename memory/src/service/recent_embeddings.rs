//! The vectors of the latest texts: a preview, a probe and the turn that follows embed the same text once.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
};

use crate::{Embedding, embedder::Purpose};

/// Texts that are kept: a handful of open pages, at 1.5 kB each with 384 numbers.
const KEPT: usize = 64;

/// Longest text that is kept, in bytes: what is cut off at 256 word pieces is seldom longer.
const LONGEST: usize = 4096;

#[derive(Default)]
pub(super) struct RecentEmbeddings(Mutex<VecDeque<(String, Purpose, Embedding)>>);

impl RecentEmbeddings {
    pub(super) fn get(&self, text: &str, purpose: Purpose) -> Option<Embedding> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = kept.iter().position(|(known, of, _)| known == text && *of == purpose)?;
        let found = kept.remove(at)?;
        let embedding = found.2.clone();
        kept.push_front(found);
        Some(embedding)
    }

    pub(super) fn keep(&self, text: &str, purpose: Purpose, embedding: &Embedding) {
        if text.len() > LONGEST {
            return;
        }
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push_front((text.into(), purpose, embedding.clone()));
        kept.truncate(KEPT);
    }

    pub(super) fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vector(first: f32) -> Embedding {
        let mut components = vec![0.5; 384];
        components[0] = first;
        Embedding::new(components).unwrap()
    }

    #[test]
    fn the_latest_texts_are_known_and_the_oldest_goes_first() {
        let recent = RecentEmbeddings::default();
        assert_eq!(recent.get("a", Purpose::Query), None);
        recent.keep("a", Purpose::Query, &vector(0.1));
        for number in 1..KEPT {
            recent.keep(&number.to_string(), Purpose::Query, &vector(0.2));
        }
        assert_eq!(recent.get("a", Purpose::Query), Some(vector(0.1)));
        // Asked for just now, so the next one to go is another.
        recent.keep("new", Purpose::Query, &vector(0.3));
        assert_eq!(recent.get("1", Purpose::Query), None);
        assert_eq!(recent.get("a", Purpose::Query), Some(vector(0.1)));
        assert_eq!(recent.get("a", Purpose::Passage), None);
        recent.clear();
        assert_eq!(recent.get("a", Purpose::Query), None);
    }

    #[test]
    fn long_texts_are_not_kept() {
        let recent = RecentEmbeddings::default();
        let long = "x".repeat(LONGEST + 1);
        recent.keep(&long, Purpose::Query, &vector(0.1));
        assert_eq!(recent.get(&long, Purpose::Query), None);
    }
}
