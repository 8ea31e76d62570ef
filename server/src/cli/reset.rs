//! `reset`.

use std::io::{self, IsTerminal, Write};

use agent_memory::{MemoryFilter, service::ResetExtent};
use clap::Args;

use super::{Failure, Output, Whose, show};
use crate::config::Config;

/// Drop memories and write the samples.
#[derive(Debug, Clone, Args)]
pub(crate) struct Reset {
    /// Drop the memories of all users and namespaces, not only those of --user and --namespace.
    #[arg(long)]
    everything: bool,

    /// Do not ask.
    #[arg(long, short)]
    yes: bool,

    #[command(flatten)]
    whose: Whose,

    #[command(flatten)]
    output: Output,
}

impl Reset {
    pub(super) async fn run(self, config: &Config) -> Result<(), Failure> {
        let (scope, memory) = (self.whose.scope()?, super::connect(config).await?);
        let (extent, count, whose) = match self.everything {
            true => (ResetExtent::Everything, memory.index().await?.num_docs, "all users".to_string()),
            false => {
                let ids = memory.long_term().ids(&scope, &MemoryFilter::everything()).await?;
                let whose = format!("user `{}` in namespace `{}`", scope.user(), scope.namespace());
                (ResetExtent::Own, ids.len() as u64, whose)
            }
        };
        if !self.yes && !is_confirmed(count, &whose)? {
            return Err(Failure::Told("nothing was dropped".into()));
        }
        let seeded = memory.reset(&scope, extent).await?;
        if self.output.json {
            return show::json(&serde_json::json!({ "dropped": count, "seeded": seeded }));
        }
        show::line(&format!("{count} memories dropped, {seeded} samples written"))
    }
}

fn is_confirmed(count: u64, whose: &str) -> Result<bool, Failure> {
    if !io::stdin().is_terminal() {
        return Err(Failure::Told(format!(
            "this would drop {count} memories of {whose}: say `--yes` where nobody can be asked"
        )));
    }
    let failed = |source| Failure::Io { what: "cannot ask".into(), source };
    let mut out = io::stderr();
    write!(out, "drop {count} memories of {whose} and write the samples? Type yes: ").map_err(failed)?;
    out.flush().map_err(failed)?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer).map_err(failed)?;
    Ok(answer.trim() == "yes")
}
