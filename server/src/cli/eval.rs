//! `eval`: how well settings recall, measured on judged queries.

use std::{fs, path::PathBuf};

use agent_memory::{
    Memory, Scope,
    evaluation::{
        Case, Figures, Interval, JudgedQuery, Profile, Setting, Suggestion, WIDTH, figures, suggest,
    },
    ranking::{Ranking, Weights},
    threshold::Threshold,
};
use clap::Args;
use serde_json::{Value, json};

use super::{
    Failure, Output, Whose, connect,
    memories::{ranking, weights},
    profiles::named,
    show, text_or_stdin,
};
use crate::config::{Config, threshold};

/// Wrong lines that are named at most.
const PROBLEMS_SHOWN: usize = 20;

/// Measure how well settings recall, on queries of which somebody judged what should be recalled.
///
/// Each line of FILE is `{"query": ..., "good": [...], "bad": [...]}`; memories are named by their ids or by their exact texts. Rows that
/// nobody judged are neither good nor bad. Fails where a figure is below what is asked for.
#[derive(Debug, Clone, Args)]
pub(crate) struct Eval {
    /// JSON Lines of judged queries, `-` for standard input; the saved queries of the user where none is given.
    file: Option<PathBuf>,

    /// Cosine distances, 0 to 2; several are measured one after the other. That of --recall-threshold where nothing is said.
    #[arg(long, short, value_delimiter = ',', value_parser = threshold)]
    threshold: Vec<Threshold>,

    /// How many rows at most, 1 to 50; 5 where nothing is said.
    #[arg(long, short, value_delimiter = ',')]
    k: Vec<usize>,

    /// How to rank: distance, or hybrid (distance, words and neighbouring turns), which is what is done where nothing is said.
    #[arg(long, value_delimiter = ',', value_parser = ranking)]
    ranking: Vec<Ranking>,

    /// How much vector, text and neighbouring turns count in a hybrid ranking, such as 1,0.5,1.
    #[arg(long, value_parser = weights)]
    weights: Option<Weights>,

    /// A profile to measure; the other flags win over what it says.
    #[arg(long)]
    profile: Option<String>,

    /// Look for the setting with the best balance too.
    #[arg(long)]
    suggest: bool,

    /// The least recall@k of every setting, 0 to 1.
    #[arg(long, value_name = "SHARE", value_parser = share)]
    min_recall: Option<f64>,

    /// The least precision of every setting, 0 to 1.
    #[arg(long, value_name = "SHARE", value_parser = share)]
    min_precision: Option<f64>,

    #[command(flatten)]
    whose: Whose,

    #[command(flatten)]
    output: Output,
}

impl Eval {
    pub(super) async fn run(self, config: &Config) -> Result<(), Failure> {
        let (scope, memory) = (self.whose.scope()?, connect(config).await?);
        let settings = self.settings(config, &memory, &scope).await?;
        let queries = self.queries(&memory, &scope).await?;
        let cases = memory.cases(&scope, &queries).await?;
        let told: Vec<(Setting, Figures)> =
            settings.into_iter().map(|setting| (setting, figures(&cases, &setting))).collect();
        let suggestion = self.suggest.then(|| best(&cases, &told)).flatten();
        match self.output.json {
            true => show::json(&as_json(&told, suggestion.as_ref()))?,
            false => self.show(&told, suggestion.as_ref())?,
        }
        told.iter().try_for_each(|(setting, figures)| self.check(setting, figures))
    }

    /// Every combination of what is said.
    async fn settings(
        &self,
        config: &Config,
        memory: &Memory,
        scope: &Scope,
    ) -> Result<Vec<Setting>, Failure> {
        let flags = Setting { threshold: config.recall_threshold, ..Setting::default() };
        let said = Profile { weights: self.weights, ..Profile::default() };
        let usual = said.or(named(memory, scope, self.profile.as_deref()).await?).onto(flags);
        let mut settings = Vec::new();
        for ranking in or_usual(&self.ranking, usual.ranking) {
            for k in or_usual(&self.k, usual.k) {
                for threshold in or_usual(&self.threshold, usual.threshold) {
                    settings.push(Setting { threshold, k, ranking, ..usual }.checked()?);
                }
            }
        }
        Ok(settings)
    }

    async fn queries(&self, memory: &Memory, scope: &Scope) -> Result<Vec<JudgedQuery>, Failure> {
        let Some(path) = &self.file else {
            let saved = memory.judged_queries(scope).await?;
            if saved.is_empty() {
                return Err(Failure::Told(
                    "this user and namespace have no saved queries: name a file".into(),
                ));
            }
            return Ok(saved.into_iter().map(|saved| saved.judged).collect());
        };
        let text = match path.to_str() {
            Some("-") => text_or_stdin("-")?,
            _ => fs::read_to_string(path).map_err(|source| Failure::Io {
                what: format!("cannot read `{}`", path.display()),
                source,
            })?,
        };
        let (mut queries, mut problems) = (Vec::new(), Vec::new());
        for (at, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()) {
            match memory.read_query(scope, line).await {
                Ok(query) => queries.push(query),
                Err(error) if error.is_retryable() => return Err(error.into()),
                Err(agent_memory::Error::Corrupt { problem, .. }) => {
                    problems.push(format!("line {at}: {problem}"));
                }
                Err(error) => problems.push(format!("line {at}: {error}")),
            }
        }
        if queries.is_empty() && problems.is_empty() {
            return Err(Failure::Told("there is no query in it".into()));
        }
        if problems.is_empty() {
            return Ok(queries);
        }
        let count = problems.len();
        problems.truncate(PROBLEMS_SHOWN);
        let told: Vec<String> = problems.iter().map(|problem| show::plain(problem)).collect();
        Err(Failure::Told(format!("{count} lines cannot be measured\n{}", told.join("\n"))))
    }

    fn show(&self, told: &[(Setting, Figures)], suggestion: Option<&Suggestion>) -> Result<(), Failure> {
        let mut rows: Vec<Vec<String>> =
            told.iter().map(|(setting, figures)| row("", setting, figures)).collect();
        if let Some(Suggestion { setting, figures, .. }) = suggestion {
            rows.push(row("suggested", setting, figures));
        }
        show::table(&HEAD, rows, "")?;
        match suggestion {
            Some(suggestion) => show::line(&sure(suggestion)),
            None if self.suggest => show::line("no good memory is in reach: nothing to suggest"),
            None => Ok(()),
        }
    }

    fn check(&self, setting: &Setting, figures: &Figures) -> Result<(), Failure> {
        let recall = format!("recall@{}", setting.k);
        let checks = [
            (recall.as_str(), figures.recall(), self.min_recall),
            ("precision", figures.precision(), self.min_precision),
        ];
        for (name, is, least) in checks {
            let Some(least) = least else { continue };
            let flags = setting.as_flags();
            match is {
                Some(is) if is >= least => {}
                Some(is) => {
                    return Err(Failure::Told(format!("{name} is {is:.3}, below {least}, with {flags}")));
                }
                None => {
                    return Err(Failure::Told(format!(
                        "{name} cannot be told: nothing was judged that counts for it, with {flags}"
                    )));
                }
            }
        }
        Ok(())
    }
}

/// Of the first setting's weights.
fn best(cases: &[Case], told: &[(Setting, Figures)]) -> Option<Suggestion> {
    let (setting, _) = told.first()?;
    suggest(cases, setting.weights, WIDTH)
}

fn or_usual<T: Copy>(said: &[T], usual: T) -> Vec<T> {
    if said.is_empty() { vec![usual] } else { said.to_vec() }
}

const HEAD: [&str; 11] = [
    "",
    "threshold",
    "k",
    "ranking",
    "recall@k",
    "precision",
    "F1",
    "empty answers",
    "queries",
    "rows",
    "unjudged",
];

fn row(name: &str, setting: &Setting, figures: &Figures) -> Vec<String> {
    let share = |share: Option<f64>| share.map_or("–".into(), |share| format!("{share:.3}"));
    vec![
        name.into(),
        setting.threshold.to_string(),
        setting.k.to_string(),
        setting.ranking.to_string(),
        share(figures.recall()),
        share(figures.precision()),
        share(figures.f1()),
        share(Some(figures.empty_share())),
        figures.queries.to_string(),
        figures.rows.to_string(),
        figures.unjudged().to_string(),
    ]
}

/// What a suggestion is, and how sure.
fn sure(suggestion: &Suggestion) -> String {
    let between = |Interval { low, high }| format!("{low:.2} to {high:.2}");
    let more = match suggestion.more_judgements {
        None => "judge more queries to know how sure that is".into(),
        Some(0) => "more judgements would hardly change it".into(),
        Some(more) => format!("about {more} more judgements would narrow that to {WIDTH}"),
    };
    format!(
        "suggested: {}\nmade of {} judgements; F1 for other such queries {}, threshold {}: {more}",
        suggestion.setting.as_flags(),
        suggestion.judgements,
        between(suggestion.f1_interval),
        between(suggestion.threshold_interval),
    )
}

fn as_json(told: &[(Setting, Figures)], suggestion: Option<&Suggestion>) -> Value {
    let of = |setting: &Setting, figures: &Figures| {
        json!({
            "setting": setting,
            "figures": figures,
            "recall": figures.recall(),
            "precision": figures.precision(),
            "f1": figures.f1(),
            "empty_share": figures.empty_share(),
            "unjudged": figures.unjudged(),
        })
    };
    let all: Vec<Value> = told.iter().map(|(setting, figures)| of(setting, figures)).collect();
    json!({ "settings": all, "suggestion": suggestion })
}

fn share(text: &str) -> Result<f64, String> {
    let share: f64 = text.parse().map_err(|_| "not a number".to_string())?;
    if (0.0..=1.0).contains(&share) { Ok(share) } else { Err("has to be from 0 to 1".into()) }
}
