//! `profiles`: settings of a recall under a name.

use agent_memory::{
    Memory, Scope,
    evaluation::Profile,
    ranking::{Ranking, Weights},
    threshold::Threshold,
};
use clap::{Args, Subcommand};
use serde_json::json;

use super::{
    Failure, Output, Whose, connect,
    memories::{ranking, weights},
    show,
};
use crate::config::{Config, threshold};

/// List, keep or delete profiles.
#[derive(Debug, Clone, Args)]
pub(crate) struct Profiles {
    #[command(subcommand)]
    action: Action,
}

/// What to do with profiles.
#[derive(Debug, Clone, Subcommand)]
enum Action {
    /// List the profiles of the user and namespace, and those that all share.
    List(List),
    /// Keep a profile; what is not said is left to the flags of the server.
    Set(Set),
    /// Delete a profile.
    Delete(Delete),
}

/// List profiles.
#[derive(Debug, Clone, Args)]
struct List {
    #[command(flatten)]
    whose: Whose,

    #[command(flatten)]
    output: Output,
}

/// Keep a profile.
#[derive(Debug, Clone, Args)]
struct Set {
    /// Its name.
    name: String,

    /// Cosine distance, 0 to 2, up to which memories are recalled.
    #[arg(long, short, value_parser = threshold)]
    threshold: Option<Threshold>,

    /// How many rows at most, 1 to 50.
    #[arg(long, short)]
    k: Option<usize>,

    /// How to rank: distance, or hybrid (distance, words and neighbouring turns).
    #[arg(long, value_parser = ranking)]
    ranking: Option<Ranking>,

    /// How much vector, text and neighbouring turns count in a hybrid ranking, such as 1,0.5,1.
    #[arg(long, value_parser = weights)]
    weights: Option<Weights>,

    /// Share it with all users and namespaces.
    #[arg(long)]
    shared: bool,

    #[command(flatten)]
    whose: Whose,
}

/// Delete a profile.
#[derive(Debug, Clone, Args)]
struct Delete {
    /// Its name.
    name: String,

    /// The one that all users and namespaces share.
    #[arg(long)]
    shared: bool,

    #[command(flatten)]
    whose: Whose,
}

impl Profiles {
    pub(super) async fn run(self, config: &Config) -> Result<(), Failure> {
        match self.action {
            Action::List(list) => list.run(config).await,
            Action::Set(set) => set.run(config).await,
            Action::Delete(delete) => delete.run(config).await,
        }
    }
}

impl List {
    async fn run(self, config: &Config) -> Result<(), Failure> {
        let (own, shared) = connect(config).await?.profiles(&self.whose.scope()?).await?;
        if self.output.json {
            return show::json(&json!({ "own": own, "shared": shared }));
        }
        let rows =
            |whose: &'static str| move |(name, profile): (&String, &Profile)| row(name, whose, profile);
        let all = own.iter().map(rows("own")).chain(shared.iter().map(rows("shared")));
        show::table(&HEAD, all.collect(), "no profiles: `profiles set NAME --threshold 0.6` keeps one")
    }
}

impl Set {
    async fn run(self, config: &Config) -> Result<(), Failure> {
        let scope = self.whose.scope()?;
        let Self { threshold, k, ranking, weights, .. } = self;
        let profile = Profile { threshold, k, ranking, weights };
        connect(config).await?.set_profile((!self.shared).then_some(&scope), &self.name, profile).await?;
        show::line(&format!("kept: `recall --profile {}` recalls by it", show::plain(self.name.trim())))
    }
}

impl Delete {
    async fn run(self, config: &Config) -> Result<(), Failure> {
        let scope = self.whose.scope()?;
        match connect(config).await?.delete_profile((!self.shared).then_some(&scope), &self.name).await? {
            true => show::line("deleted"),
            false => Err(none(&self.name)),
        }
    }
}

const HEAD: [&str; 6] = ["name", "whose", "threshold", "k", "ranking", "weights"];

fn row(name: &str, whose: &str, profile: &Profile) -> Vec<String> {
    let weights = profile.weights.map(|Weights { vector, text, around }| format!("{vector},{text},{around}"));
    vec![
        name.into(),
        whose.into(),
        profile.threshold.map(|threshold| threshold.to_string()).unwrap_or_default(),
        profile.k.map(|k| k.to_string()).unwrap_or_default(),
        profile.ranking.map(|ranking| ranking.to_string()).unwrap_or_default(),
        weights.unwrap_or_default(),
    ]
}

/// The profile of this name; an empty one where none is named.
pub(super) async fn named(memory: &Memory, scope: &Scope, name: Option<&str>) -> Result<Profile, Failure> {
    match name {
        None => Ok(Profile::default()),
        Some(name) => memory.profile(scope, name).await?.ok_or_else(|| none(name)),
    }
}

fn none(name: &str) -> Failure {
    Failure::Told(format!("there is no profile `{}`: `profiles list` shows what there is", show::plain(name)))
}
