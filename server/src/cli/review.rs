//! `review`.

use std::io::{self, Write};

use agent_memory::{
    InvalidInput, Memory, MemoryId, Scope, Text,
    review::{Decided, Decision, Pair, PairKind},
    service::SCAN_MAX,
};
use clap::Args;
use serde_json::json;

use super::{Failure, Output, Whose, connect, memory_id, show, text_or_stdin};
use crate::config::Config;

/// Show memories that disagree or say the same twice, and decide between them.
#[derive(Debug, Clone, Args)]
pub(crate) struct Review {
    /// The older memory of a pair that is decided.
    #[arg(value_parser = memory_id, requires = "newer")]
    older: Option<MemoryId>,

    /// The newer one.
    #[arg(value_parser = memory_id, requires = "decision")]
    newer: Option<MemoryId>,

    /// The decision: newer_wins, older_wins, keep_both, no_conflict, or merge with --text.
    #[arg(long = "decide", value_parser = decision, group = "decision", requires = "newer")]
    decide: Option<Decision>,

    /// Take a decision back, the one that is named.
    #[arg(long, value_parser = decision, group = "decision", requires = "newer")]
    undo: Option<Decision>,

    /// With --decide merge the text that takes the place of both; `-` reads it from standard input.
    #[arg(long, requires = "decide")]
    text: Option<String>,

    /// Compare all memories with those around them first. Changes none.
    #[arg(long, conflicts_with = "older")]
    scan: bool,

    /// Most pairs to show.
    #[arg(long, default_value_t = 20)]
    limit: usize,

    #[command(flatten)]
    whose: Whose,

    #[command(flatten)]
    output: Output,
}

impl Review {
    pub(super) async fn run(self, config: &Config) -> Result<(), Failure> {
        let (scope, memory) = (self.whose.scope()?, connect(config).await?);
        let Some((older, newer)) = self.older.as_ref().zip(self.newer.as_ref()) else {
            if self.scan {
                scan(&memory, &scope).await?;
            }
            let inbox = memory.inbox(&scope, self.limit.clamp(1, 100)).await?;
            if self.output.json {
                return show::json(&inbox);
            }
            let rows = inbox.pairs.iter().flat_map(|pair| [row(pair, false), row(pair, true)]);
            return show::table(&HEAD, rows.collect(), "nothing waits for a decision");
        };
        let none = || Failure::Told("this user and namespace have no such pair of memories".into());
        if let Some(decision) = self.undo {
            let decided = Decided { decision, older: older.clone(), newer: newer.clone(), merged: None };
            let is_undone = memory.undo_decision(&scope, &decided).await?;
            return if is_undone { show::line("both are as they were") } else { Err(none()) };
        }
        // One of the two is required.
        let Some(decision) = self.decide else { return Ok(()) };
        let text = match &self.text {
            Some(text) => Some(Text::new(text_or_stdin(text)?).map_err(agent_memory::Error::from)?),
            None => None,
        };
        let decided = memory.decide(&scope, older, newer, decision, text).await?.ok_or_else(none)?;
        if self.output.json {
            return show::json(&json!(decided));
        }
        let merged = decided.merged.map(|id| format!(" into {id}")).unwrap_or_default();
        show::line(&format!(
            "decided: {decision}{merged}; `review {older} {newer} --undo {decision}` takes it back"
        ))
    }
}

/// Compares all memories with those around them, and tells on standard error how far that is.
async fn scan(memory: &Memory, scope: &Scope) -> Result<(), Failure> {
    let (mut after, mut scanned, mut found) = (None, 0, 0);
    loop {
        let progress = memory.scan(scope, after.as_ref(), SCAN_MAX).await?;
        scanned += progress.scanned;
        found += progress.found;
        let told = format!("{scanned} of {} memories compared, {found} pairs found", progress.total);
        writeln!(io::stderr(), "{told}")
            .map_err(|source| Failure::Io { what: "cannot write to standard error".into(), source })?;
        after = progress.next;
        if after.is_none() {
            return Ok(());
        }
    }
}

const HEAD: [&str; 6] = ["pair", "distance", "which", "id", "written", "text"];

fn row(pair: &Pair, is_newer: bool) -> Vec<String> {
    let (which, memory) = if is_newer { ("newer", &pair.newer) } else { ("older", &pair.older) };
    let kind = match pair.kind {
        PairKind::Conflict => "disagree",
        PairKind::Same => "say the same",
    };
    vec![
        if is_newer { String::new() } else { kind.into() },
        if is_newer { String::new() } else { format!("{:.3}", pair.distance) },
        which.into(),
        memory.id.to_string(),
        show::time(memory.created_ts),
        memory.text.clone(),
    ]
}

fn decision(word: &str) -> Result<Decision, String> {
    word.replace('-', "_").parse().map_err(|error: InvalidInput| error.to_string())
}
