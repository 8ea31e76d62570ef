//! `remember`, `recall`, `probe`.

use agent_memory::{
    InvalidInput, Lifetime, MemoryFilter, MemoryId, MemoryRecord, Text,
    evaluation::{Profile, Setting},
    filter::TagFilter,
    model::{Kind, WriteKind},
    ranking::{Ranking, Weights},
    service::NewText,
    store::RecallOptions,
    threshold::{RECALL_K, Threshold, recalled},
    turn::Relation,
};
use clap::Args;
use serde_json::json;

use super::{Failure, Output, Whose, connect, kind, memory_id, profiles::named, show, text_or_stdin};
use crate::config::{Config, lifetime, threshold};

/// Remember a text.
#[derive(Debug, Clone, Args)]
pub(crate) struct Remember {
    /// The texts, one memory each; `-` reads one from standard input.
    #[arg(required = true)]
    texts: Vec<String>,

    /// How long it is meant to last: episodic or semantic.
    #[arg(long, short, default_value = "episodic", value_parser = kind)]
    kind: Kind,

    /// Lifetime in seconds; 0 pins it. That of its kind where nothing is said.
    #[arg(long, value_parser = lifetime)]
    ttl_seconds: Option<Lifetime>,

    /// A label of each; may be said several times.
    #[arg(long = "tag")]
    tags: Vec<String>,

    /// Write a memory of its own, whatever lies near.
    #[arg(long)]
    force_new: bool,

    /// The memory whose place it takes: that one is kept in the history and no longer recalled.
    #[arg(long, value_parser = memory_id)]
    supersedes: Option<MemoryId>,

    #[command(flatten)]
    whose: Whose,

    #[command(flatten)]
    output: Output,
}

impl Remember {
    pub(super) async fn run(self, config: &Config) -> Result<(), Failure> {
        let scope = self.whose.scope()?;
        let new = |text: &String| {
            let text = Text::new(text_or_stdin(text)?).map_err(agent_memory::Error::from)?;
            let lifetime = self.ttl_seconds.unwrap_or_default();
            let supersedes = self.supersedes.iter().cloned().collect();
            let relation = Relation { is_new: self.force_new, supersedes };
            Ok(NewText { lifetime, relation, tags: self.tags.clone(), ..NewText::new(self.kind, text) })
        };
        let texts = self.texts.iter().map(new).collect::<Result<Vec<_>, Failure>>()?;
        let written = connect(config).await?.remember_many(&scope, &texts).await?;
        if self.output.json {
            return show::json(&written);
        }
        let rows = written.iter().zip(&texts).map(|(written, new)| {
            let what = match written.deduplicated_at {
                None => written.revises.as_ref().map_or("new".into(), |revised| {
                    format!("new, another version of {} at {:.3}", revised.memory_id, revised.distance)
                }),
                Some(distance) => format!("there already, at {distance:.3}"),
            };
            vec![written.memory_id.to_string(), written.kind.to_string(), what, new.text.to_string()]
        });
        show::table(&["id", "kind", "what", "text"], rows.collect(), "nothing to remember")
    }
}

/// Recall the memories that are near a text.
#[derive(Debug, Clone, Args)]
pub(crate) struct Recall {
    /// What it should be about; `-` reads it from standard input.
    text: String,

    /// Most memories to return; 5 where nothing is said.
    #[arg(long, short)]
    k: Option<usize>,

    /// Cosine distance, 0 to 2, up to which memories are recalled; that of --recall-threshold where nothing is said.
    #[arg(long, short, value_parser = threshold)]
    threshold: Option<Threshold>,

    /// Only this kind: episodic or semantic.
    #[arg(long, value_parser = kind)]
    kind: Option<Kind>,

    /// Only those with this label; more than once: with all of them.
    #[arg(long = "tag")]
    tags: Vec<String>,

    /// None of those with this label; may be given more than once.
    #[arg(long)]
    without_tag: Vec<String>,

    /// How to rank: distance, or hybrid (distance, words and neighbouring turns), which is what is done where nothing is said.
    #[arg(long, value_parser = ranking)]
    ranking: Option<Ranking>,

    /// How much vector, text and neighbouring turns count in a hybrid ranking, such as 1,0.5,1.
    #[arg(long, value_parser = weights)]
    weights: Option<Weights>,

    /// A profile, which says what the other flags leave open.
    #[arg(long)]
    profile: Option<String>,

    #[command(flatten)]
    whose: Whose,

    #[command(flatten)]
    output: Output,
}

impl Recall {
    pub(super) async fn run(self, config: &Config) -> Result<(), Failure> {
        let scope = self.whose.scope()?;
        let text = Text::new(text_or_stdin(&self.text)?).map_err(agent_memory::Error::from)?;
        let memory = connect(config).await?;
        let Self { threshold, ranking, weights, .. } = self;
        let said = Profile { threshold, k: None, ranking, weights };
        let flags = Setting { threshold: config.recall_threshold, ..Setting::default() };
        let setting = said.or(named(&memory, &scope, self.profile.as_deref()).await?).onto(flags);
        let tags = TagFilter { all: self.tags, none: self.without_tag, any: Vec::new() };
        let filter = MemoryFilter { tags, ..MemoryFilter::of_kind(self.kind) };
        let options = RecallOptions {
            k: self.k.unwrap_or(setting.k).clamp(1, 100),
            threshold: setting.threshold,
            filter: filter.checked().map_err(agent_memory::Error::from)?,
            ranking: setting.ranking,
            weights: setting.weights,
            ..RecallOptions::default()
        };
        let found = memory.recall(&scope, &text, &options).await?;
        if self.output.json {
            return show::json(&json!({ "memories": found.memories, "timings": found.timings }));
        }
        let none = format!("nothing within {}: `probe` shows what is near", options.threshold);
        show::table(&HEAD, found.memories.iter().map(row).collect(), &none)
    }
}

/// Show the nearest memories.
#[derive(Debug, Clone, Args)]
pub(crate) struct Probe {
    /// What is asked; `-` reads it from standard input.
    text: String,

    /// Cosine distance, 0 to 2, to judge by; that of --recall-threshold where nothing is said.
    #[arg(long, short, value_parser = threshold)]
    threshold: Option<Threshold>,

    #[command(flatten)]
    whose: Whose,

    #[command(flatten)]
    output: Output,
}

impl Probe {
    pub(super) async fn run(self, config: &Config) -> Result<(), Failure> {
        let scope = self.whose.scope()?;
        let text = Text::new(text_or_stdin(&self.text)?).map_err(agent_memory::Error::from)?;
        let threshold = self.threshold.unwrap_or(config.recall_threshold);
        let outcome = connect(config).await?.probe(&scope, &text, WriteKind::Skip).await?;
        let within = recalled(&outcome.candidates, threshold, RECALL_K).len();
        if self.output.json {
            return show::json(&json!({
                "threshold": threshold,
                "recalled": within,
                "candidates": outcome.candidates,
                "timings": outcome.timings,
            }));
        }
        let rows = outcome.candidates.iter().enumerate().map(|(at, memory)| {
            let is_recalled = if at < within { "yes" } else { "no" };
            [vec![is_recalled.to_string()], row(memory)].concat()
        });
        let head: Vec<&str> = [&["recalled"], &HEAD[..]].concat();
        show::table(&head, rows.collect(), "this user and namespace have no memories")
    }
}

pub(super) fn ranking(word: &str) -> Result<Ranking, String> {
    word.parse().map_err(|error: InvalidInput| error.to_string())
}

/// Three numbers: vector, text and neighbouring turns.
pub(super) fn weights(words: &str) -> Result<Weights, String> {
    let numbers: Result<Vec<f64>, _> = words.split(',').map(|word| word.trim().parse()).collect();
    let Ok([vector, text, around]) = numbers.as_deref() else {
        return Err("expected three numbers, such as 1,0.5,1".into());
    };
    let weights = Weights { vector: *vector, text: *text, around: *around };
    let checked = Profile { weights: Some(weights), ..Profile::default() }.checked();
    checked.map(|_| weights).map_err(|error| error.problem.to_string())
}

const HEAD: [&str; 6] = ["distance", "id", "kind", "hits", "life", "text"];

fn row(memory: &MemoryRecord) -> Vec<String> {
    vec![
        memory.distance.map(|distance| format!("{distance:.3}")).unwrap_or_default(),
        memory.id.to_string(),
        memory.kind.clone(),
        memory.hit_count.to_string(),
        show::ttl(memory.ttl_seconds),
        memory.text.clone(),
    ]
}
