//! `reembed`.

use std::{
    io::{self, Write},
    time::{Duration, Instant},
};

use agent_memory::service::{ReembedPlan, ReembedProgress, ReembedReport, Reembedding};
use clap::Args;

use super::{Failure, Output, show};
use crate::{config::Config, start};

/// Embed all memories again with the model of --model-dir, those of all users and of other programs, and then go over to it. The
/// vectors of before serve until all new ones are there. May be ended at any time: the next run goes on.
#[derive(Debug, Clone, Args)]
pub(crate) struct Reembed {
    /// Only tell what there is to do.
    #[arg(long)]
    dry_run: bool,

    /// Afterwards take the vectors and the index of the model before away. Programs that know only that model find nothing then.
    #[arg(long)]
    drop_old: bool,

    #[command(flatten)]
    output: Output,
}

impl Reembed {
    pub(super) async fn run(self, config: &Config) -> Result<(), Failure> {
        let embedder = start::loaded(config).await?;
        let (address, keys) = (config.redis_address(), config.settings().keys);
        let reembedding = Reembedding::prepare(address.reveal(), keys.clone(), embedder.clone())
            .await
            .map_err(|error| start::redis_error(config, error))?;
        if self.dry_run {
            return self.tell_plan(&reembedding.plan().await?);
        }
        let mut news = News::default();
        let report = reembedding.run(|progress| news.tell(progress)).await?;
        let is_dropped =
            self.drop_old && Reembedding::drop_previous(address.reveal(), keys, &embedder).await?;
        self.tell(&report, is_dropped)
    }

    fn tell_plan(&self, plan: &ReembedPlan) -> Result<(), Failure> {
        if self.output.json {
            return show::json(plan);
        }
        let begun = if plan.is_resumed { ", begun before" } else { "" };
        show::line(&format!(
            "{} of {} memories would be embedded by `{}` ({} bytes of text{begun}); `{}` serves now",
            plan.to_embed, plan.documents, plan.to, plan.bytes, plan.from
        ))
    }

    fn tell(&self, report: &ReembedReport, is_dropped: bool) -> Result<(), Failure> {
        if self.output.json {
            return show::json(report);
        }
        let ReembedReport { from, to, index, documents, embedded, .. } = report;
        show::line(&format!(
            "`{to}` serves {documents} memories under index `{index}`; {embedded} vectors were made"
        ))?;
        if from != to {
            show::line(&format!(
                "start what still runs with `{from}` anew, and run this once more: it embeds what was written there meanwhile"
            ))?;
        }
        if is_dropped {
            show::line(&format!("the vectors of `{from}` are gone"))?;
        }
        if let Some(index) = &report.left_beside {
            show::line(&format!(
                "`{to}` also has memories of its own under index `{index}`: export them with `--mem-index-name`, and import them"
            ))?;
        }
        Ok(())
    }
}

/// Lines for people on standard error, where standard output is for the result.
#[derive(Default)]
struct News {
    latest: Option<Instant>,
    was_serving: bool,
}

impl News {
    const PAUSE: Duration = Duration::from_secs(1);

    fn tell(&mut self, progress: &ReembedProgress) {
        let is_due = self.latest.is_none_or(|latest| latest.elapsed() >= Self::PAUSE);
        if !is_due && progress.is_serving == self.was_serving {
            return;
        }
        self.latest = Some(Instant::now());
        let news = match progress.is_serving && !self.was_serving {
            true => "the new model serves".to_owned(),
            false => format!(
                "pass {}: {} memories looked at, {} embedded",
                progress.pass, progress.looked_at, progress.embedded
            ),
        };
        self.was_serving = progress.is_serving;
        // Nobody reads it any more: no reason to stop.
        let _ = writeln!(io::stderr(), "{news}");
    }
}
