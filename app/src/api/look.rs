//! Reads everything that the page shows.

use agent_memory::Look;
#[cfg(feature = "ssr")]
use agent_memory::evaluation::Setting;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::ApiError;

/// Pairs that are shown at once.
#[cfg(feature = "ssr")]
const PAIRS: usize = 30;

/// Saved queries that the page measures, those judged last: each is some 5 kB of the look, and 5 ms. The API measures all.
#[cfg(feature = "ssr")]
const MEASURED: usize = 100;

/// Rows of what is asked whose ranking is told.
#[cfg(feature = "ssr")]
const RANKED: usize = 10;

/// Gained and lost memories whose texts are told.
#[cfg(feature = "ssr")]
const TOLD: usize = 200;

/// What the page sees of one place.
///
/// It travels as a row without names, and texts are compared and put into words and markup where it is read: in the browser
/// that would be 55 kB of the front end.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "SeenRow", into = "SeenRow")]
pub struct Seen {
    /// What is always shown.
    pub look: Look,
    /// The sheet of the memory that the address names; empty where it names none, or there is none of this id.
    pub sheet: Sheet,
    /// What waits for a decision, where that is open.
    pub pairs: Option<Vec<PairSeen>>,
    /// Which of the nearest candidates disagree with a newer one, each with each.
    pub disagreements: Vec<Disagrees>,
    /// The bench, where that is open; empty where it is not.
    pub bench: BenchSeen,
    /// How many documents the index cannot read, such as `3` or, where not all was looked at, `3+`; and the markup that lists them.
    /// Empty where there is none.
    pub unreadable: Sheet,
}

type SeenRow = (Look, Sheet, Option<Vec<PairSeen>>, Vec<Disagrees>, BenchSeen, Sheet);

impl From<SeenRow> for Seen {
    fn from((look, sheet, pairs, disagreements, bench, unreadable): SeenRow) -> Self {
        Self { look, sheet, pairs, disagreements, bench, unreadable }
    }
}

impl From<Seen> for SeenRow {
    fn from(seen: Seen) -> Self {
        (seen.look, seen.sheet, seen.pairs, seen.disagreements, seen.bench, seen.unreadable)
    }
}

/// What the sheet of a memory shows: its id, and then as HTML that the server has rendered, what is known beside its text, the form
/// that edits it (empty for one that was dropped), and its versions and changes.
///
/// Forms that a browser posts itself, links, times: the page only hears what is done in them. Rendered in the browser, they would be some
/// 30 kB of the front end. A list of texts, since a type of its own costs another kB to be read.
pub type Sheet = Vec<String>;

/// Two memories of which nobody has decided yet: the name of the pair (the ids of the older and the newer one), what they are to each
/// other, what the newer one says, when it came in Unix seconds, and the markup that shows both.
pub type PairSeen = (String, String, String, f64, String);

/// The bench: judged queries with their candidates as numbers, see [`crate::view::bench::case_of`]; what was said of memories as answers to
/// what is asked, `good` or `bad` with the id; the histogram of distances, and everything else, as markup.
pub type BenchSeen = (Vec<Vec<f64>>, Vec<String>, String, String);

/// The earlier memory, the newer one, and what that says instead.
pub type Disagrees = (String, String, String);

/// Everything that the page shows of one place.
///
/// # Errors
/// A bad name, a thread of somebody else, or Redis gone.
#[server(name = ReadLook, prefix = "/api/fn", endpoint = "look")]
pub async fn read_look(
    /// Where the page stands.
    at: String,
) -> Result<Seen, ApiError> {
    use super::host::{answered, memory};

    answered("look", look_at(&memory()?, &crate::address::Address::from_query(&at)).await)
}

/// Everything that the page shows of a place.
#[cfg(feature = "ssr")]
pub(crate) async fn look_at(
    memory: &agent_memory::Memory,
    address: &crate::address::Address,
) -> Result<Seen, agent_memory::Error> {
    use crate::view::review::{all_disagreements, pair_seen};

    let scope = address.scope()?;
    let look = memory.look(&scope, &address.look_request()?).await?;
    let id = address.memory.as_ref().and_then(|id| agent_memory::MemoryId::existing(id).ok());
    let history = match id {
        Some(id) => memory.history(&scope, &id).await?,
        None => None,
    };
    let sheet =
        history.map(|history| crate::components::sheet(address, &history, look.at)).unwrap_or_default();
    let pairs = match address.review {
        true => Some(memory.inbox(&scope, PAIRS).await?.pairs.into_iter().map(pair_seen).collect()),
        false => None,
    };
    let candidates = look.probe.as_ref().map(|probe| probe.candidates.as_slice());
    let disagreements = all_disagreements(candidates.unwrap_or_default());
    let bench = match address.bench {
        Some(setting) => {
            let threshold = address.threshold.unwrap_or(look.index.default_recall_threshold);
            bench_at(memory, address, &Setting { threshold, ..setting }).await?
        }
        None => BenchSeen::default(),
    };
    let failures = look.index.indexing_failures;
    let unreadable = super::unreadable::look_at_unreadable(memory, address, &scope, failures).await?;
    Ok(Seen { look, sheet, pairs, disagreements, bench, unreadable })
}

/// The bench with a setting: the queries judged last, measured.
#[cfg(feature = "ssr")]
async fn bench_at(
    memory: &agent_memory::Memory,
    address: &crate::address::Address,
    setting: &Setting,
) -> Result<BenchSeen, agent_memory::Error> {
    use agent_memory::{
        MemoryFilter, MemoryId, Threshold, evaluation::compare, ranking::Ranking, store::RecallOptions,
    };

    let scope = address.scope()?;
    let mut saved = memory.judged_queries(&scope).await?;
    saved.truncate(MEASURED);
    let judged: Vec<_> = saved.iter().map(|saved| saved.judged.clone()).collect();
    let cases = memory.cases(&scope, &judged).await?;
    let changes = address.against.map(|second| compare(&cases, setting, &second)).unwrap_or_default();
    let moved = changes.iter().flat_map(|change| change.gained.iter().chain(&change.lost));
    let moved: Vec<MemoryId> = moved.take(TOLD).map(|moved| moved.id.clone()).collect();
    let known = memory.memories(&scope, &moved).await?;
    let (numbers, judged, bars, markup) =
        crate::view::bench::bench_seen(address, setting, &saved, &cases, &known);
    let stages = match address.query_text()? {
        Some(text) if setting.ranking == Ranking::Hybrid => {
            let options = RecallOptions {
                k: RANKED,
                threshold: Threshold::clamped_or(2.0, Threshold::default()),
                filter: MemoryFilter::of_kind(address.only),
                ranking: Ranking::Hybrid,
                weights: setting.weights,
                ..RecallOptions::default()
            };
            crate::view::bench::stages(&memory.recall(&scope, &text, &options).await?)
        }
        _ => String::new(),
    };
    Ok((numbers, judged, bars, stages + &markup))
}
