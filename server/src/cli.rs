//! The command line: `agent-memory [serve]`, and commands that work on Redis directly with the same flags.
//!
//! - `serve` is in `main`; here are `remember`, `recall`, `probe`, `eval`, `profiles`, `threads`, `events`, `export`, `import`, `review`,
//!   `history`, `revert`, `users`, `forget-user`, `reset`, `reembed`, `doctor`
//! - `show`: tables for people, JSON for programs

mod doctor;
mod eval;
mod events;
mod history;
mod memories;
mod profiles;
mod reembed;
mod reset;
mod review;
mod show;
mod threads;
mod transfer;
mod users;

use std::io::{self, IsTerminal, Write};

use agent_memory::{Error, InvalidInput, Memory, MemoryId, Scope, ThreadId, model::Kind};
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, parser::ValueSource};

use crate::{
    config::Config,
    start::{self, StartError},
};

/// A memory for AI agents on plain Redis, with a dashboard to see, debug and tune it live.
///
/// Needs a Redis with Search and JSON (Redis 8 or Redis Stack 7.4), ONNX Runtime, and a sentence-embedding model:
/// all-MiniLM-L6-v2, which reads English, or any other in --model-dir.
/// `make run` in the project's folder brings all three; `agent-memory doctor` checks them.
#[derive(Debug, Clone, Parser)]
#[command(name = "agent-memory", version, max_term_width = 110, args_override_self = true)]
pub(crate) struct CommandLine {
    #[command(flatten)]
    pub(crate) config: Config,

    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

/// What to do.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum Command {
    /// Serve the dashboard and the API; what is done where no command is given.
    Serve,
    /// Remember a text.
    Remember(memories::Remember),
    /// Recall the memories that are near a text. Nothing is written.
    Recall(memories::Recall),
    /// Show the nearest memories with their distances, recalled or not. Nothing is written.
    Probe(memories::Probe),
    /// Measure how well settings recall, on queries of which somebody judged what should be recalled.
    Eval(eval::Eval),
    /// List, keep or delete settings of a recall under a name.
    Profiles(profiles::Profiles),
    /// List the threads, or show one.
    Threads(threads::Threads),
    /// Show what happened on a thread.
    Events(events::Events),
    /// Write memories as JSON Lines to a file or to standard output.
    Export(transfer::Export),
    /// Read memories as JSON Lines from a file or from standard input.
    Import(transfer::Import),
    /// Show memories that disagree or say the same twice, and decide between them.
    Review(review::Review),
    /// Show what became of a memory.
    History(history::History),
    /// Take a change of a memory back.
    Revert(history::Revert),
    /// List the users with what they have.
    Users(users::ListUsers),
    /// Forget all that a user has, and print a receipt.
    ForgetUser(users::ForgetUser),
    /// Drop memories and write the samples.
    Reset(reset::Reset),
    /// Embed all memories again with another model, and go over to it.
    Reembed(reembed::Reembed),
    /// Check Redis, its modules, the index, the model and the runtime, and say what mends them. Nothing is changed.
    Doctor(doctor::Doctor),
}

/// Whose memory.
#[derive(Debug, Clone, Args)]
pub(crate) struct Whose {
    /// The user.
    #[arg(long, short, env = "AGENT_MEMORY_USER", default_value = "default")]
    user: String,

    /// The namespace.
    #[arg(long, short, env = "AGENT_MEMORY_NAMESPACE", default_value = "default")]
    namespace: String,
}

impl Whose {
    fn scope(&self) -> Result<Scope, InvalidInput> {
        Scope::new(&self.user, &self.namespace)
    }
}

/// How to print.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Output {
    /// Print JSON for programs instead of a table.
    #[arg(long)]
    json: bool,
}

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// It could not even start.
    #[error(transparent)]
    Start(#[from] StartError),

    /// The memory refused.
    #[error(transparent)]
    Memory(#[from] Error),

    /// A file or stream failed.
    #[error("{what}: {source}")]
    Io { what: String, source: std::io::Error },

    /// Anything else, told in full.
    #[error("{0}")]
    Told(String),
}

impl From<InvalidInput> for Failure {
    fn from(error: InvalidInput) -> Self {
        Self::Memory(error.into())
    }
}

impl CommandLine {
    /// Reads the command line. Flags may stand before and after the command.
    pub(crate) fn read() -> Self {
        // `mut_args` and not an attribute on each flag, so that the flags say only what is special about them.
        let matches = Self::command().mut_args(|flag| flag.global(true)).get_matches();
        let mut line = Self::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
        // Who reads a table wants no news of the start beside it.
        let is_said = matches.value_source("log").is_some_and(|source| source != ValueSource::DefaultValue);
        if !line.is_serve() && !is_said {
            line.config.log = "warn".into();
        }
        line
    }

    /// Whether the server is to run.
    pub(crate) fn is_serve(&self) -> bool {
        matches!(self.command, None | Some(Command::Serve))
    }
}

/// Runs a command other than `serve`.
pub(crate) async fn run(config: &Config, command: Command) -> Result<(), Failure> {
    match command {
        // `main` has done it.
        Command::Serve => Ok(()),
        Command::Remember(command) => command.run(config).await,
        Command::Recall(command) => command.run(config).await,
        Command::Probe(command) => command.run(config).await,
        Command::Eval(command) => command.run(config).await,
        Command::Profiles(command) => command.run(config).await,
        Command::Threads(command) => command.run(config).await,
        Command::Events(command) => command.run(config).await,
        Command::Export(command) => command.run(config).await,
        Command::Import(command) => command.run(config).await,
        Command::Review(command) => command.run(config).await,
        Command::History(command) => command.run(config).await,
        Command::Revert(command) => command.run(config).await,
        Command::Users(command) => command.run(config).await,
        Command::ForgetUser(command) => command.run(config).await,
        Command::Reset(command) => command.run(config).await,
        Command::Reembed(command) => command.run(config).await,
        Command::Doctor(command) => command.run(config).await,
    }
}

/// The memory, for whoever comes in by the command line.
async fn connect(config: &Config) -> Result<Memory, StartError> {
    Ok(start::connect(config).await?.by("cli"))
}

fn memory_id(id: &str) -> Result<MemoryId, String> {
    MemoryId::existing(id).map_err(|error| error.to_string())
}

fn kind(word: &str) -> Result<Kind, String> {
    word.parse().map_err(|error: InvalidInput| error.to_string())
}

fn thread_id(id: &str) -> Result<ThreadId, String> {
    ThreadId::new(id).map_err(|error| error.to_string())
}

/// Asks at the terminal whether this is meant, told as what it would do.
fn is_confirmed(would: &str) -> Result<bool, Failure> {
    if !io::stdin().is_terminal() {
        return Err(Failure::Told(format!("this would {would}: say `--yes` where nobody can be asked")));
    }
    let failed = |source| Failure::Io { what: "cannot ask".into(), source };
    let mut out = io::stderr();
    write!(out, "{would}? Type yes: ").map_err(failed)?;
    out.flush().map_err(failed)?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer).map_err(failed)?;
    Ok(answer.trim() == "yes")
}

/// A text from the arguments, or from standard input where it is `-`.
fn text_or_stdin(text: &str) -> Result<String, Failure> {
    if text != "-" {
        return Ok(text.into());
    }
    io::read_to_string(io::stdin())
        .map_err(|source| Failure::Io { what: "cannot read standard input".into(), source })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(arguments: &[&str]) -> CommandLine {
        let words = [&["agent-memory"], arguments].concat();
        let matches = CommandLine::command().mut_args(|flag| flag.global(true)).get_matches_from(words);
        CommandLine::from_arg_matches(&matches).unwrap()
    }

    #[test]
    fn the_commands_are_consistent() {
        CommandLine::command().mut_args(|flag| flag.global(true)).debug_assert();
    }

    #[test]
    fn without_a_command_it_serves() {
        for arguments in [&[][..], &["serve"], &["--port", "9000"], &["serve", "--port", "9000"]] {
            assert!(parsed(arguments).is_serve(), "{arguments:?}");
        }
        assert_eq!(parsed(&["serve", "--port", "9000"]).config.port, 9000);
        assert!(!parsed(&["threads"]).is_serve());
    }

    #[test]
    fn flags_may_stand_before_and_after_the_command() {
        for arguments in [&["--redis-port", "7", "threads"][..], &["threads", "--redis-port", "7"]] {
            assert_eq!(parsed(arguments).config.redis_port, 7, "{arguments:?}");
        }
    }
}
