//! `events`.

use agent_memory::{AgentEventLog, AgentSession, Event, ThreadId};
use clap::Args;
use futures::TryStreamExt;

use super::{Failure, Output, Whose, show, thread_id};
use crate::{config::Config, start};

/// Show what happened on a thread.
#[derive(Debug, Clone, Args)]
pub(crate) struct Events {
    /// The thread.
    #[arg(value_parser = thread_id)]
    thread: ThreadId,

    /// Go on with what happens, until Ctrl-C: one event per line.
    #[arg(long, short)]
    follow: bool,

    /// Most events to show of those that there are.
    #[arg(long, default_value_t = 20)]
    limit: usize,

    #[command(flatten)]
    whose: Whose,

    #[command(flatten)]
    output: Output,
}

impl Events {
    pub(super) async fn run(self, config: &Config) -> Result<(), Failure> {
        let (scope, store) = (self.whose.scope()?, start::store(config).await?);
        // Refuses the thread of somebody else.
        AgentSession::new(store.clone(), &config.settings()).load(&scope, &self.thread).await?;
        let log = AgentEventLog::new(store, &config.settings());
        let mut events = log.recent(&scope, &self.thread, self.limit.clamp(1, 10_000)).await?;
        if !self.follow {
            if self.output.json {
                return show::json(&events);
            }
            return show::table(&HEAD, events.iter().map(row).collect(), "no events");
        }
        events.reverse();
        for event in &events {
            self.tell(event)?;
        }
        let after = events.last().map_or("0", |event| event.event_id.as_str());
        let mut coming = std::pin::pin!(log.follow(&scope, &self.thread, after).await?);
        while let Some(event) = coming.try_next().await? {
            self.tell(&event)?;
        }
        Ok(())
    }

    fn tell(&self, event: &Event) -> Result<(), Failure> {
        if self.output.json {
            let text = serde_json::to_string(event).map_err(|error| Failure::Told(error.to_string()))?;
            return show::line(&text);
        }
        show::line(&show::plain(&row(event).join("  ")))
    }
}

const HEAD: [&str; 4] = ["when (UTC)", "id", "action", "detail"];

fn row(event: &Event) -> Vec<String> {
    vec![show::time(event.ts), event.event_id.clone(), event.action.clone(), event.detail.clone()]
}
