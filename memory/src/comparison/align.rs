//! Where two rows of tokens differ: the longest common subsequence of their middles, bounded.

use std::ops::Range;

use super::token::Token;

/// Longer middles are not aligned: texts that differ over so many words are two texts. 128 x 128 comparisons are about 30 µs.
const LONGEST_MIDDLE: usize = 128;

/// A place where two rows differ: the tokens of the one and those of the other. One of them may be empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hunk {
    pub(super) one: Range<usize>,
    pub(super) two: Range<usize>,
}

/// The places where two rows differ, in order; none where the middles are too long.
pub(super) fn hunks(one: &[Token<'_>], two: &[Token<'_>]) -> Option<Vec<Hunk>> {
    let head = one.iter().zip(two).take_while(|(one, two)| one.equals(two)).count();
    let (rest_one, rest_two) = (one.get(head..)?, two.get(head..)?);
    let tail =
        rest_one.iter().rev().zip(rest_two.iter().rev()).take_while(|(one, two)| one.equals(two)).count();
    let middle_one = rest_one.get(..rest_one.len() - tail)?;
    let middle_two = rest_two.get(..rest_two.len() - tail)?;
    if middle_one.len() > LONGEST_MIDDLE || middle_two.len() > LONGEST_MIDDLE {
        return None;
    }
    Some(between(middle_one, middle_two, head))
}

fn between(one: &[Token<'_>], two: &[Token<'_>], offset: usize) -> Vec<Hunk> {
    let width = two.len() + 1;
    // lengths[i * width + j]: the longest common subsequence of one[i..] and two[j..].
    let mut lengths = vec![0_u16; (one.len() + 1) * width];
    let at = |lengths: &[u16], i: usize, j: usize| lengths.get(i * width + j).copied().unwrap_or_default();
    for (i, token) in one.iter().enumerate().rev() {
        for (j, other) in two.iter().enumerate().rev() {
            let length = if token.equals(other) {
                at(&lengths, i + 1, j + 1) + 1
            } else {
                at(&lengths, i + 1, j).max(at(&lengths, i, j + 1))
            };
            if let Some(cell) = lengths.get_mut(i * width + j) {
                *cell = length;
            }
        }
    }
    let mut hunks: Vec<Hunk> = Vec::new();
    let (mut i, mut j, mut from) = (0, 0, (0, 0));
    while let (Some(token), Some(other)) = (one.get(i), two.get(j)) {
        if token.equals(other) {
            close(&mut hunks, from, (i, j), offset);
            (i, j) = (i + 1, j + 1);
            from = (i, j);
        } else if at(&lengths, i + 1, j) >= at(&lengths, i, j + 1) {
            i += 1;
        } else {
            j += 1;
        }
    }
    close(&mut hunks, from, (one.len(), two.len()), offset);
    hunks
}

fn close(hunks: &mut Vec<Hunk>, from: (usize, usize), to: (usize, usize), offset: usize) {
    if from != to {
        hunks.push(Hunk { one: from.0 + offset..to.0 + offset, two: from.1 + offset..to.1 + offset });
    }
}
