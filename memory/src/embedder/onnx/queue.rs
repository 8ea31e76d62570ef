//! What waits for the model, and what of it comes next: pure, without threads or clock.
//!
//! Three lanes. A short text goes before a long one, and both before what belongs to a batch; but a lane that was passed
//! over a few times has its turn, so that nobody waits for ever.

use std::{cmp::Reverse, collections::VecDeque};

use super::batch::MAX_TOKENS;

/// Texts up to this many bytes are short: at most some 64 tokens of most languages, 8 ms.
const SHORT_BYTES: usize = 256;

/// A text that waits.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Waiting<T> {
    /// Its length.
    pub(super) bytes: usize,
    /// What it is.
    pub(super) text: T,
}

/// What comes next.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next<T, S> {
    /// Single texts, in the order in which they came.
    Texts(Vec<Waiting<T>>),
    /// A slice of a batch.
    Slice(S),
}

/// Single texts, of which a certain number may wait, and slices of batches, whose callers queue only a few at a time.
#[derive(Debug)]
pub(super) struct Queue<T, S> {
    short: VecDeque<Waiting<T>>,
    long: VecDeque<Waiting<T>>,
    slices: VecDeque<S>,
    /// How often each lane was passed over since its last turn, in the order of [`LANES`].
    passed_over: [u32; LANES.len()],
    limit: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lane {
    Short,
    Long,
    Slices,
}

/// The lanes, the one with precedence first, and how often each is passed over before it has its turn all the same.
const LANES: [(Lane, u32); 3] = [(Lane::Short, u32::MAX), (Lane::Long, 3), (Lane::Slices, 7)];

impl<T, S> Queue<T, S> {
    /// An empty queue in which so many single texts may wait; half of them long ones, so that these leave room for others.
    pub(super) fn new(limit: usize) -> Self {
        Self {
            short: VecDeque::new(),
            long: VecDeque::new(),
            slices: VecDeque::new(),
            passed_over: [0; LANES.len()],
            limit,
        }
    }

    /// How many single texts wait.
    pub(super) fn waiting(&self) -> usize {
        self.short.len() + self.long.len()
    }

    /// Whether slices wait.
    pub(super) fn has_slices(&self) -> bool {
        !self.slices.is_empty()
    }

    /// Takes in a single text, or gives it back where there is no room.
    pub(super) fn push(&mut self, text: Waiting<T>) -> Result<(), Waiting<T>> {
        let is_long = text.bytes > SHORT_BYTES;
        let has_room = self.waiting() < self.limit && (!is_long || self.long.len() < self.limit.div_ceil(2));
        if !has_room {
            return Err(text);
        }
        self.lane(is_long).push_back(text);
        Ok(())
    }

    /// Takes texts in again that were taken out, before all others.
    pub(super) fn give_back(&mut self, texts: Vec<Waiting<T>>) {
        for text in texts.into_iter().rev() {
            self.lane(text.bytes > SHORT_BYTES).push_front(text);
        }
    }

    /// Takes in a slice of a batch.
    pub(super) fn push_slice(&mut self, slice: S) {
        self.slices.push_back(slice);
    }

    /// Lets go of what nobody wants any more.
    pub(super) fn retain(&mut self, mut is_wanted: impl FnMut(&T) -> bool) {
        self.short.retain(|waiting| is_wanted(&waiting.text));
        self.long.retain(|waiting| is_wanted(&waiting.text));
    }

    /// What comes next, slices only where they are allowed. Of single texts so many as make a batch, but no more than
    /// their share where others are free to take some too: `takers` are those who would, the caller included.
    pub(super) fn next(&mut self, takers: usize, slices_allowed: bool) -> Option<Next<T, S>> {
        let lane = self.choose(slices_allowed)?;
        let lane = match lane {
            Lane::Slices => return self.slices.pop_front().map(Next::Slice),
            Lane::Short => &mut self.short,
            Lane::Long => &mut self.long,
        };
        let share = lane.len().div_ceil(takers.max(1));
        let mut texts = Vec::new();
        let mut tokens = 0;
        while let Some(text) = lane.pop_front_if(|text| {
            tokens += probable_tokens(text.bytes);
            texts.is_empty() || (texts.len() < share && tokens <= MAX_TOKENS)
        }) {
            texts.push(text);
        }
        Some(Next::Texts(texts))
    }

    fn choose(&mut self, slices_allowed: bool) -> Option<Lane> {
        let waits = |lane| match lane {
            Lane::Short => !self.short.is_empty(),
            Lane::Long => !self.long.is_empty(),
            Lane::Slices => slices_allowed && !self.slices.is_empty(),
        };
        let waiting: Vec<usize> = (0..LANES.len()).filter(|&lane| waits(LANES[lane].0)).collect();
        let due = |&&lane: &&usize| self.passed_over[lane] >= LANES[lane].1;
        let overdue = waiting.iter().filter(due).max_by_key(|&&lane| Reverse(lane));
        let chosen = *overdue.or(waiting.first())?;
        for lane in waiting {
            self.passed_over[lane] = if lane == chosen { 0 } else { self.passed_over[lane] + 1 };
        }
        Some(LANES[chosen].0)
    }

    fn lane(&mut self, is_long: bool) -> &mut VecDeque<Waiting<T>> {
        if is_long { &mut self.long } else { &mut self.short }
    }
}

/// A guess, since a text is split into word pieces only when its turn comes: 4 bytes each in English.
fn probable_tokens(bytes: usize) -> usize {
    (bytes / 4 + 2).min(MAX_TOKENS)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHORT: usize = 80;
    const LONG: usize = 2000;

    fn queue(texts: &[(usize, u32)], slices: &[&'static str]) -> Queue<u32, &'static str> {
        let mut queue = Queue::new(100);
        for &(bytes, text) in texts {
            queue.push(Waiting { bytes, text }).unwrap();
        }
        slices.iter().for_each(|&slice| queue.push_slice(slice));
        queue
    }

    /// What comes next, as text.
    fn next(queue: &mut Queue<u32, &'static str>, takers: usize) -> String {
        match queue.next(takers, true) {
            Some(Next::Texts(texts)) => {
                texts.iter().map(|waiting| waiting.text.to_string()).collect::<Vec<_>>().join(" ")
            }
            Some(Next::Slice(slice)) => slice.to_owned(),
            None => "nothing".to_owned(),
        }
    }

    #[test]
    fn short_texts_go_before_long_ones_and_both_before_slices() {
        let mut queue = queue(&[(LONG, 1), (SHORT, 2), (SHORT, 3)], &["slice"]);
        let order: Vec<_> = (0..4).map(|_| next(&mut queue, 1)).collect();
        assert_eq!(order, ["2 3", "1", "slice", "nothing"]);
    }

    #[test]
    fn who_was_passed_over_often_has_a_turn() {
        let mut queue = queue(&[(LONG, 0)], &["slice"]);
        let mut order = Vec::new();
        for text in 1..12 {
            queue.push(Waiting { bytes: SHORT, text }).unwrap();
            order.push(next(&mut queue, 1));
        }
        assert_eq!(order, ["1", "2", "3", "0", "4 5", "6", "7", "slice", "8 9", "10", "11"]);
    }

    #[test]
    fn short_texts_make_a_batch_and_long_ones_run_alone() {
        let mut short = queue(&(0..30).map(|text| (SHORT, text)).collect::<Vec<_>>(), &[]);
        assert_eq!(next(&mut short, 1), "0 1 2 3 4 5 6 7 8 9 10");
        let mut long = queue(&[(LONG, 1), (LONG, 2)], &[]);
        assert_eq!(next(&mut long, 1), "1");
    }

    #[test]
    fn those_who_are_free_share_what_waits() {
        let mut queue = queue(&[(SHORT, 1), (SHORT, 2), (SHORT, 3)], &[]);
        assert_eq!(next(&mut queue, 2), "1 2");
        assert_eq!(next(&mut queue, 1), "3");
    }

    #[test]
    fn what_is_given_back_comes_first_and_in_its_order() {
        let mut queue = queue(&[(SHORT, 1), (SHORT, 2), (SHORT, 3)], &[]);
        let Some(Next::Texts(mut taken)) = queue.next(1, true) else { panic!() };
        queue.push(Waiting { bytes: SHORT, text: 4 }).unwrap();
        queue.give_back(taken.split_off(1));
        assert_eq!(next(&mut queue, 1), "2 3 4");
    }

    #[test]
    fn slices_that_are_not_allowed_wait() {
        let mut queue = queue(&[], &["slice"]);
        assert_eq!(queue.next(1, false), None);
        assert!(queue.has_slices());
        assert_eq!(next(&mut queue, 1), "slice");
    }

    #[test]
    fn a_full_queue_refuses_and_long_texts_leave_room_for_short_ones() {
        let mut queue = Queue::<u32, ()>::new(4);
        let mut push = |bytes| queue.push(Waiting { bytes, text: 0 }).is_ok();
        assert_eq!([LONG, LONG, LONG].map(&mut push), [true, true, false]);
        assert_eq!([SHORT, SHORT, SHORT].map(&mut push), [true, true, false]);
        queue.retain(|_| false);
        assert_eq!(queue.waiting(), 0);
        assert!(queue.push(Waiting { bytes: LONG, text: 0 }).is_ok());
    }
}
