//! `users` and `forget-user`.

use std::io::{self, IsTerminal};

use agent_memory::{Receipt, UserSummary, store::Users};
use clap::Args;

use super::{Failure, Output, is_confirmed, show};
use crate::{config::Config, start};

/// List the users with what they have.
#[derive(Debug, Clone, Args)]
pub(crate) struct ListUsers {
    #[command(flatten)]
    output: Output,
}

impl ListUsers {
    pub(super) async fn run(self, config: &Config) -> Result<(), Failure> {
        let users = Users::new(start::store(config).await?).list().await?;
        if self.output.json {
            return show::json(&users);
        }
        let rows = users.iter().map(row).collect();
        show::table(&["user", "namespace", "memories", "threads"], rows, "nobody has a memory or a thread")
    }
}

fn row(summary: &UserSummary) -> Vec<String> {
    vec![
        summary.user.clone(),
        summary.namespace.clone().unwrap_or_else(|| "(every one)".into()),
        summary.memories.to_string(),
        summary.threads.to_string(),
    ]
}

/// Forget all that a user has, and print a receipt.
#[derive(Debug, Clone, Args)]
pub(crate) struct ForgetUser {
    /// The user, to the letter.
    user: String,

    /// Only in this namespace; without it in all of them.
    #[arg(long, short, env = "AGENT_MEMORY_NAMESPACE")]
    namespace: Option<String>,

    /// Only tell what would be forgotten.
    #[arg(long)]
    dry_run: bool,

    /// Do not ask.
    #[arg(long, short)]
    yes: bool,

    #[command(flatten)]
    output: Output,
}

impl ForgetUser {
    pub(super) async fn run(self, config: &Config) -> Result<(), Failure> {
        let users = Users::new(start::store(config).await?);
        let forget = async |is_dry_run| users.forget(&self.user, self.namespace.as_deref(), is_dry_run).await;
        if self.dry_run {
            return self.tell(&forget(true).await?);
        }
        if !self.yes {
            let would = forget(true).await?;
            if io::stdin().is_terminal() && !self.output.json {
                self.tell(&would)?;
            }
            if !is_confirmed(&told(&would))? {
                return Err(Failure::Told("nothing was forgotten".into()));
            }
        }
        self.tell(&forget(false).await?)
    }

    fn tell(&self, receipt: &Receipt) -> Result<(), Failure> {
        if self.output.json {
            return show::json(receipt);
        }
        let is_done = if receipt.dry_run { "would be forgotten" } else { "forgotten" };
        let families = receipt.families();
        let row = |(family, count): &(&str, u64)| vec![family.replace('_', " "), count.to_string()];
        show::line(&format!("{}:", whose(receipt)))?;
        show::table(&["what", is_done], families.iter().map(row).collect(), "")?;
        if receipt.ownerless > 0 {
            show::line(&format!("{} records name no owner, and stay", receipt.ownerless))?;
        }
        if receipt.unreached > 0 {
            let names: Vec<String> = receipt.unreached_keys.iter().map(|key| show::plain(key)).collect();
            show::line(&format!("{} keys could not be reached: {}", receipt.unreached, names.join(", ")))?;
        }
        Ok(())
    }
}

fn whose(receipt: &Receipt) -> String {
    match &receipt.namespace {
        Some(namespace) => format!("user `{}` in namespace `{namespace}`", receipt.user),
        None => format!("user `{}` in all namespaces", receipt.user),
    }
}

/// What it would do, in one line.
fn told(receipt: &Receipt) -> String {
    let families = receipt.families();
    let some = families.iter().filter(|(_, count)| *count > 0);
    let counts: Vec<String> =
        some.map(|(family, count)| format!("{count} {}", family.replace('_', " "))).collect();
    let counts = if counts.is_empty() { "nothing".into() } else { counts.join(", ") };
    format!("forget {counts} of {}", whose(receipt))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_names_what_there_is() {
        let receipt = Receipt { user: "ada".into(), memories: 2, set_aside: 1, ..Receipt::default() };
        assert_eq!(told(&receipt), "forget 2 memories, 1 set aside of user `ada` in all namespaces");
        let receipt = Receipt { user: "ada".into(), namespace: Some("work".into()), ..Receipt::default() };
        assert_eq!(told(&receipt), "forget nothing of user `ada` in namespace `work`");
    }
}
