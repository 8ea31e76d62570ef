//! The threads that run the model, and what they take from the queue.

use std::{
    panic::{self, AssertUnwindSafe},
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use futures::channel::oneshot::{self, Receiver, Sender};

use super::{
    batch::{self, Batch},
    graph::Graph,
    pace::{Pace, Way},
    queue::{Next, Queue, Waiting},
    tokens::WordPieces,
};
use crate::{Embedding, Error, Result, embedder::files::failure};

/// As long as single texts come, one inference after the other at least, batches leave one worker to them: so long after
/// the latest.
const STEP_ASIDE: Duration = Duration::from_millis(250);

/// The model in so many sessions.
pub(super) struct Sessions {
    /// One for each worker.
    pub(super) narrow: Vec<Graph>,
    /// With several threads, for a text that is alone.
    pub(super) wide: Option<Graph>,
}

/// The threads; they end when it is dropped.
pub(super) struct Pool {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

struct Shared {
    word_pieces: WordPieces,
    workers: usize,
    wide: Option<Mutex<Graph>>,
    state: Mutex<State>,
    something_to_do: Condvar,
    counts: Counts,
}

struct State {
    queue: Queue<Single, Slice>,
    busy: usize,
    busy_with_slices: usize,
    /// Tasks that were begun.
    begun: u64,
    latest_single: Option<Instant>,
    pace: Pace,
    is_closed: bool,
}

#[derive(Default)]
struct Counts {
    inferences: AtomicU64,
    texts: AtomicU64,
    refused: AtomicU64,
}

/// What the pool did so far.
pub(super) struct Numbers {
    /// Single texts that wait now.
    pub(super) waiting: usize,
    /// Inferences.
    pub(super) inferences: u64,
    /// Texts embedded.
    pub(super) texts: u64,
    /// Texts refused.
    pub(super) refused: u64,
}

/// A text by itself.
struct Single {
    text: String,
    /// Its word pieces, once it was split.
    ids: Vec<u32>,
    reply: Sender<Result<Embedding>>,
}

/// A part of a batch, about as much work as one long text.
pub(super) enum Slice {
    /// Texts to split into word pieces.
    Split(Vec<String>, Sender<Result<Vec<Vec<u32>>>>),
    /// Word pieces to embed in one inference.
    Embed(Vec<Vec<u32>>, Sender<Result<Vec<Embedding>>>),
}

enum Task {
    Singles(Vec<Waiting<Single>>),
    /// Nothing else runs or waits.
    Lone(Waiting<Single>, Way),
    Slice(Slice),
}

impl Pool {
    /// The model's tokenizer.
    pub(super) fn word_pieces(&self) -> &WordPieces {
        &self.shared.word_pieces
    }

    /// Starts a thread for each narrow session.
    ///
    /// # Errors
    /// Where the system gives no more threads.
    pub(super) fn start(sessions: Sessions, word_pieces: WordPieces, queue: usize) -> Result<Self> {
        let shared = Arc::new(Shared {
            word_pieces,
            workers: sessions.narrow.len(),
            wide: sessions.wide.map(Mutex::new),
            state: Mutex::new(State {
                queue: Queue::new(queue),
                busy: 0,
                busy_with_slices: 0,
                begun: 0,
                latest_single: None,
                pace: Pace::default(),
                is_closed: false,
            }),
            something_to_do: Condvar::new(),
            counts: Counts::default(),
        });
        let mut pool = Self { shared, threads: Vec::new() };
        for graph in sessions.narrow {
            let shared = Arc::clone(&pool.shared);
            let thread = thread::Builder::new().name("embedder".to_owned()).spawn(move || shared.work(graph));
            let thread = thread
                .map_err(|source| failure("the embedder has no thread".to_owned(), Some(source.into())))?;
            pool.threads.push(thread);
        }
        Ok(pool)
    }

    /// Inferences that can run side by side.
    pub(super) fn workers(&self) -> usize {
        self.shared.workers
    }

    /// What it did so far.
    pub(super) fn numbers(&self) -> Numbers {
        let counts = &self.shared.counts;
        Numbers {
            waiting: self.shared.lock().queue.waiting(),
            inferences: counts.inferences.load(Ordering::Relaxed),
            texts: counts.texts.load(Ordering::Relaxed),
            refused: counts.refused.load(Ordering::Relaxed),
        }
    }

    /// The vector of a text; the text is queued at once.
    ///
    /// # Errors
    /// [`Error::Overloaded`] where too many wait.
    pub(super) async fn embed(&self, text: &str) -> Result<Embedding> {
        let (reply, answer) = oneshot::channel();
        let single = Single { text: text.to_owned(), ids: Vec::new(), reply };
        self.shared.push(Waiting { bytes: text.len(), text: single })?;
        wait(answer).await
    }

    /// What becomes of a slice that `slice` makes of the way back.
    pub(super) async fn slice<T>(&self, slice: impl FnOnce(Sender<Result<T>>) -> Slice) -> Result<T> {
        let (reply, answer) = oneshot::channel();
        self.shared.lock().queue.push_slice(slice(reply));
        self.shared.something_to_do.notify_one();
        wait(answer).await
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.shared.lock().is_closed = true;
        self.shared.something_to_do.notify_all();
        for thread in self.threads.drain(..) {
            // A worker catches panics, and there is nobody to tell.
            drop(thread.join());
        }
    }
}

async fn wait<T>(answer: Receiver<Result<T>>) -> Result<T> {
    answer.await.unwrap_or_else(|_| Err(failure("the embedder stopped at a text".to_owned(), None)))
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing panics while it holds the lock, and the state is whole between any two of its lines.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, single: Waiting<Single>) -> Result<()> {
        let mut state = self.lock();
        state.latest_single = Some(Instant::now());
        let mut pushed = state.queue.push(single);
        if let Err(single) = pushed {
            state.queue.retain(|waiting| !waiting.reply.is_canceled());
            pushed = state.queue.push(single);
        }
        let waiting = state.queue.waiting();
        drop(state);
        if pushed.is_err() {
            self.counts.refused.fetch_add(1, Ordering::Relaxed);
            return Err(Error::Overloaded { waiting });
        }
        self.something_to_do.notify_one();
        Ok(())
    }

    /// The life of a worker.
    fn work(&self, mut graph: Graph) {
        let mut state = self.lock();
        while !state.is_closed {
            let Some(task) = self.take(&mut state) else {
                state = self.sleep(state);
                continue;
            };
            let is_slice = matches!(task, Task::Slice(_));
            state.busy += 1;
            state.busy_with_slices += usize::from(is_slice);
            state.begun += 1;
            drop(state);
            // A text that makes the tokenizer panic fails by itself: who waits for it hears that nobody answers any more.
            drop(panic::catch_unwind(AssertUnwindSafe(|| self.carry_out(task, &mut graph))));
            state = self.lock();
            state.busy -= 1;
            state.busy_with_slices -= usize::from(is_slice);
        }
    }

    fn sleep<'state>(&self, state: MutexGuard<'state, State>) -> MutexGuard<'state, State> {
        let since_single = state.latest_single.map(|latest| latest.elapsed());
        let for_slices = since_single.and_then(|since| STEP_ASIDE.checked_sub(since));
        match for_slices.filter(|_| state.queue.has_slices()) {
            Some(pause) => {
                let woken = self.something_to_do.wait_timeout(state, pause);
                woken.unwrap_or_else(PoisonError::into_inner).0
            }
            None => self.something_to_do.wait(state).unwrap_or_else(PoisonError::into_inner),
        }
    }

    fn take(&self, state: &mut State) -> Option<Task> {
        let is_last_for_slices = self.workers > 1 && state.busy_with_slices + 1 >= self.workers;
        let singles_come = state.latest_single.is_some_and(|latest| latest.elapsed() < STEP_ASIDE);
        let takers = self.workers - state.busy;
        match state.queue.next(takers, !(is_last_for_slices && singles_come))? {
            Next::Slice(slice) => Some(Task::Slice(slice)),
            Next::Texts(mut texts) => {
                let is_alone = state.busy == 0 && state.queue.waiting() == 0 && !state.queue.has_slices();
                match texts.pop_if(|_| is_alone) {
                    Some(text) if texts.is_empty() && self.wide.is_some() => {
                        Some(Task::Lone(text, state.pace.choose()))
                    }
                    text => {
                        texts.extend(text);
                        Some(Task::Singles(texts))
                    }
                }
            }
        }
    }

    fn carry_out(&self, task: Task, graph: &mut Graph) {
        match task {
            Task::Singles(texts) => self.embed_singles(texts, graph),
            Task::Lone(text, way) => self.embed_lone(text, way, graph),
            Task::Slice(Slice::Split(_, reply)) if reply.is_canceled() => {}
            Task::Slice(Slice::Split(texts, reply)) => {
                let split = texts.iter().map(|text| self.word_pieces.ids(text)).collect();
                drop(reply.send(split));
            }
            Task::Slice(Slice::Embed(_, reply)) if reply.is_canceled() => {}
            Task::Slice(Slice::Embed(rows, reply)) => {
                drop(reply.send(self.infer(graph, rows.iter().map(Vec::as_slice))));
            }
        }
    }

    /// Runs the batch that has the text that came first, and gives the others back.
    fn embed_singles(&self, texts: Vec<Waiting<Single>>, graph: &mut Graph) {
        let mut texts: Vec<_> = texts.into_iter().filter_map(|text| self.split(text)).collect();
        let lengths: Vec<_> = texts.iter().map(|waiting| waiting.text.ids.len()).collect();
        let Some(members) = batch::plan(&lengths).into_iter().find(|members| members.contains(&0)) else {
            return;
        };
        let mut index = 0..;
        let batch: Vec<_> =
            texts.extract_if(.., |_| index.next().is_some_and(|index| members.contains(&index))).collect();
        if !texts.is_empty() {
            self.lock().queue.give_back(texts);
            self.something_to_do.notify_one();
        }
        match self.infer(graph, batch.iter().map(|waiting| waiting.text.ids.as_slice())) {
            Ok(embeddings) => {
                for (waiting, embedding) in batch.into_iter().zip(embeddings) {
                    drop(waiting.text.reply.send(Ok(embedding)));
                }
            }
            Err(error) => tell_all(error, batch),
        }
    }

    fn embed_lone(&self, text: Waiting<Single>, way: Way, narrow: &mut Graph) {
        let Some(Waiting { text, .. }) = self.split(text) else { return };
        let begun = self.lock().begun;
        let began = Instant::now();
        let row = [text.ids.as_slice()].into_iter();
        let embeddings = match (way, &self.wide) {
            (Way::Wide, Some(wide)) => {
                self.infer(&mut wide.lock().unwrap_or_else(PoisonError::into_inner), row)
            }
            _ => self.infer(narrow, row),
        };
        let took = began.elapsed();
        let mut state = self.lock();
        // Where something else ran meanwhile, the time says nothing about the way.
        if state.begun == begun {
            state.pace.note(way, text.ids.len(), took);
        }
        drop(state);
        let embedding = embeddings.and_then(|mut embeddings| {
            embeddings.pop().ok_or_else(|| failure("the model gave no vector for a text".to_owned(), None))
        });
        drop(text.reply.send(embedding));
    }

    /// The text with its word pieces; nothing where nobody wants it any more, or where it failed and was told so.
    fn split(&self, mut waiting: Waiting<Single>) -> Option<Waiting<Single>> {
        if waiting.text.reply.is_canceled() {
            return None;
        }
        if waiting.text.ids.is_empty() {
            match self.word_pieces.ids(&waiting.text.text) {
                Ok(ids) => waiting.text.ids = ids,
                Err(error) => {
                    drop(waiting.text.reply.send(Err(error)));
                    return None;
                }
            }
        }
        Some(waiting)
    }

    fn infer<'a>(
        &self,
        graph: &mut Graph,
        rows: impl ExactSizeIterator<Item = &'a [u32]> + Clone,
    ) -> Result<Vec<Embedding>> {
        let texts = rows.len() as u64;
        self.counts.inferences.fetch_add(1, Ordering::Relaxed);
        let embeddings = graph.infer(&Batch::new(rows, graph.padding()))?;
        self.counts.texts.fetch_add(texts, Ordering::Relaxed);
        Ok(embeddings)
    }
}

/// An inference failed: everybody who waited for it hears so, and the first one why, since a cause cannot be copied.
fn tell_all(error: Error, batch: Vec<Waiting<Single>>) {
    let problem = error.to_string();
    let mut first = Some(error);
    for waiting in batch {
        let error = first.take().unwrap_or_else(|| failure(problem.clone(), None));
        drop(waiting.text.reply.send(Err(error)));
    }
}
