//! `history`, `revert`.

use agent_memory::{MemoryId, history::PastChange};
use clap::Args;

use super::{Failure, Output, Whose, connect, memory_id, show};
use crate::config::Config;

/// Show what became of a memory: its versions, and each change with what it replaced.
#[derive(Debug, Clone, Args)]
pub(crate) struct History {
    /// The memory.
    #[arg(value_parser = memory_id)]
    id: MemoryId,

    #[command(flatten)]
    whose: Whose,

    #[command(flatten)]
    output: Output,
}

/// Take a change of a memory back: what it replaced holds again.
#[derive(Debug, Clone, Args)]
pub(crate) struct Revert {
    /// The memory.
    #[arg(value_parser = memory_id)]
    id: MemoryId,

    /// The change, by its time in Unix seconds as `history --json` tells it; the latest where nothing is said.
    #[arg(long)]
    ts: Option<f64>,

    #[command(flatten)]
    whose: Whose,

    #[command(flatten)]
    output: Output,
}

impl History {
    pub(super) async fn run(self, config: &Config) -> Result<(), Failure> {
        let scope = self.whose.scope()?;
        let found = connect(config).await?.history(&scope, &self.id).await?;
        let history = found.ok_or_else(|| none(&self.id))?;
        if self.output.json {
            return show::json(&history);
        }
        let versions = [&history.memory].into_iter().chain(&history.versions).map(|memory| {
            let standing = match &memory.superseded_by {
                Some(by) => format!("superseded by {by}"),
                None if memory.id == history.memory.id && history.aside_seconds.is_some() => "dropped".into(),
                None => "current".into(),
            };
            vec![memory.id.to_string(), standing, show::time(memory.created_ts), memory.text.clone()]
        });
        show::table(&["id", "standing", "written", "text"], versions.collect(), "no versions")?;
        let changes =
            history.changes.iter().rev().map(|change| {
                vec![show::time(change.ts), change.by.clone(), change.what.clone(), was(change)]
            });
        show::table(&["when", "by", "what", "was"], changes.collect(), "never changed")
    }
}

impl Revert {
    pub(super) async fn run(self, config: &Config) -> Result<(), Failure> {
        let scope = self.whose.scope()?;
        let reverted = connect(config).await?.revert(&scope, &self.id, self.ts).await?;
        let memory = reverted.ok_or_else(|| none(&self.id))?;
        if self.output.json {
            return show::json(&memory);
        }
        show::line(&format!("{} is as it was: {}", memory.id, show::plain(&memory.text)))
    }
}

/// What a change replaced, in words.
fn was(change: &PastChange) -> String {
    let expires = change.expires_at_ms.map(|at_ms| match at_ms {
        -1 => "stays".into(),
        #[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 fit 53 bits")]
        at_ms => format!("expires {}", show::time(at_ms as f64 / 1000.0)),
    });
    let parts = [
        change.text.clone(),
        change.kind.clone(),
        change.tags.as_ref().map(|tags| format!("tags: {}", tags.join(", "))),
        change.superseded_by.as_ref().map(ToString::to_string),
        expires,
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join("; ")
}

fn none(id: &MemoryId) -> Failure {
    Failure::Told(format!("this user and namespace have no memory `{id}`"))
}
