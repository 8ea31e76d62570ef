//! `reset`.

use agent_memory::{MemoryFilter, service::ResetExtent};
use clap::Args;

use super::{Failure, Output, Whose, is_confirmed, show};
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
        let would = format!("drop {count} memories of {whose} and write the samples");
        if !self.yes && !is_confirmed(&would)? {
            return Err(Failure::Told("nothing was dropped".into()));
        }
        let seeded = memory.reset(&scope, extent).await?;
        if self.output.json {
            return show::json(&serde_json::json!({ "dropped": count, "seeded": seeded }));
        }
        show::line(&format!("{count} memories dropped, {seeded} samples written"))
    }
}
