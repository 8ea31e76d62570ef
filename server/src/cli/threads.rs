//! `threads`.

use agent_memory::{AgentSession, SessionState, ThreadId, look::ThreadSummary};
use clap::Args;
use serde_json::json;

use super::{Failure, Output, Whose, show, thread_id};
use crate::{config::Config, start};

/// List the threads, or show one.
#[derive(Debug, Clone, Args)]
pub(crate) struct Threads {
    /// The thread to show; without one they are listed, last active first.
    #[arg(value_parser = thread_id)]
    thread: Option<ThreadId>,

    /// Most threads to list.
    #[arg(long, default_value_t = 50)]
    limit: usize,

    #[command(flatten)]
    whose: Whose,

    #[command(flatten)]
    output: Output,
}

impl Threads {
    pub(super) async fn run(self, config: &Config) -> Result<(), Failure> {
        let scope = self.whose.scope()?;
        let sessions = AgentSession::new(start::store(config).await?, &config.settings());
        let Some(thread) = &self.thread else {
            let page = sessions.threads(&scope, 0, self.limit.clamp(1, 10_000)).await?;
            if self.output.json {
                return show::json(&json!({ "total": page.total, "threads": page.threads }));
            }
            let rows = page.threads.iter().map(row).collect();
            return show::table(&HEAD, rows, "this user and namespace have no threads");
        };
        let session = sessions.load(&scope, thread).await?;
        let session = session.ok_or_else(|| {
            Failure::Told(format!("thread `{thread}` is not there: it expired or never was"))
        })?;
        if self.output.json { show::json(&session) } else { show_one(&session) }
    }
}

const HEAD: [&str; 5] = ["thread", "turns", "last active", "goal", "last turn"];

fn row(thread: &ThreadSummary) -> Vec<String> {
    vec![
        thread.thread_id.to_string(),
        thread.turn_count.to_string(),
        show::time(thread.last_active_ts),
        thread.goal.clone(),
        thread.last_said.clone(),
    ]
}

fn show_one(session: &SessionState) -> Result<(), Failure> {
    let field = |name: &str, value: String| vec![name.to_string(), value];
    let fields = vec![
        field("thread", session.thread_id.to_string()),
        field("goal", session.goal.clone()),
        field("scratchpad", session.scratchpad.clone()),
        field("turns", session.turn_count.to_string()),
        field("expires", show::ttl(Some(session.ttl_seconds).filter(|&ttl| ttl > 0))),
    ];
    show::table(&["field", "value"], fields, "")?;
    let turns = session.recent_turns.iter();
    let turns = turns.map(|turn| vec![show::time(turn.ts), turn.role.clone(), turn.content.clone()]);
    show::table(&["when (UTC)", "who", "what"], turns.collect(), "no turns yet")
}
