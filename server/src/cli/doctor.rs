//! `doctor`.

use std::time::Instant;

use agent_memory::{
    Embedder, Error, LocalEmbedder,
    embedder::{ModelIdentity, Purpose},
    store::{Checkup, Finding, Verdict},
};
use clap::Args;
use serde_json::json;
use tokio::runtime::Handle;

use super::{Failure, Output, show};
use crate::{config::Config, start};

/// Check every part and say what mends it.
#[derive(Debug, Clone, Args)]
pub(crate) struct Doctor {
    #[command(flatten)]
    output: Output,
}

impl Doctor {
    pub(super) async fn run(self, config: &Config) -> Result<(), Failure> {
        let keys = config.settings().keys;
        let (model, examined) = examine_model(config).await;
        let checkup = Checkup::of(config.redis_address().reveal(), &keys, model.as_ref()).await;
        let mut findings = checkup.findings;
        if let Some(redis) = findings.first_mut() {
            redis.seen = format!("{}: {}", config.redis_display(), redis.seen);
        }
        findings.extend(examined);
        self.tell(&findings)?;
        let broken = findings.iter().filter(|finding| finding.verdict == Verdict::Broken).count();
        match broken {
            0 => Ok(()),
            broken => Err(Failure::Told(format!("{broken} of {} checks failed", findings.len()))),
        }
    }

    fn tell(&self, findings: &[Finding]) -> Result<(), Failure> {
        if self.output.json {
            let findings = findings.iter().map(|finding| {
                json!({ "part": finding.part, "verdict": word(finding.verdict), "seen": finding.seen, "mend": finding.mend })
            });
            return show::json(&findings.collect::<Vec<_>>());
        }
        for finding in findings {
            let sign = match finding.verdict {
                Verdict::Good => "ok  ",
                Verdict::Doubtful => "warn",
                Verdict::Broken => "FAIL",
            };
            show::line(&format!("{sign}  {:<12} {}", finding.part, finding.seen))?;
            if !finding.mend.is_empty() {
                show::line(&format!("      {:<12} -> {}", "", finding.mend))?;
            }
        }
        Ok(())
    }
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Good => "good",
        Verdict::Doubtful => "doubtful",
        Verdict::Broken => "broken",
    }
}

/// What is found of the model, and which one it is.
async fn examine_model(config: &Config) -> (Option<ModelIdentity>, Vec<Finding>) {
    let (config, runtime) = (config.clone(), Handle::current());
    let examined = tokio::task::spawn_blocking(move || {
        // To look is not to fetch.
        let looking = Config { offline: true, ..config.clone() };
        let (files, finding) = match start::model_files(&looking) {
            Ok(files) => {
                let seen = files.model.display().to_string();
                (files, Finding { part: "model", verdict: Verdict::Good, seen, mend: String::new() })
            }
            Err(_) if config.model_dir.is_none() && !config.offline => {
                let seen = "it is not here yet: the first start fetches it, about 90 MB".into();
                let mend = MEND_MODEL.into();
                return (None, vec![Finding { part: "model", verdict: Verdict::Doubtful, seen, mend }]);
            }
            Err(error) => return (None, vec![broken("model", &error, MEND_MODEL)]),
        };
        match start::load(&config, &files) {
            Ok(embedder) => (Some(embedder.identity()), vec![finding, examine_embedder(&embedder, &runtime)]),
            Err(error) => (None, vec![finding, broken("runtime", &error, MEND_RUNTIME)]),
        }
    });
    examined.await.unwrap_or_default()
}

const MEND_MODEL: &str =
    "run `make setup` and name the folder by `--model-dir`, or let the model hub be reached";
const MEND_RUNTIME: &str =
    "run `make setup`, or install ONNX Runtime 1.20 or newer, and name its library by `--ort-lib`";

fn broken(part: &'static str, error: &Error, mend: &str) -> Finding {
    Finding { part, verdict: Verdict::Broken, seen: error.to_string(), mend: mend.into() }
}

/// A paraphrase has to be nearer than something else: else the model or the runtime is not what we take it for.
fn examine_embedder(embedder: &LocalEmbedder, runtime: &Handle) -> Finding {
    let began = Instant::now();
    let texts = ["The cat sits on the mat.", "A cat is sitting on the mat.", "Interest rates rose in March."];
    let embeddings = match runtime.block_on(embedder.embed_many(&texts.map(str::to_owned), Purpose::Passage))
    {
        Ok(embeddings) => embeddings,
        Err(error) => return broken("runtime", &error, MEND_RUNTIME),
    };
    let [cat, same, other] = embeddings.as_slice() else {
        return Finding {
            part: "runtime",
            verdict: Verdict::Broken,
            seen: "the model gave no vectors".into(),
            mend: MEND_MODEL.into(),
        };
    };
    let (near, far) = (cat.cosine_distance(same), cat.cosine_distance(other));
    let seen = format!(
        "{} form, a paraphrase at {near:.3}, another text at {far:.3}, {:.0} ms for three texts",
        embedder.state().form,
        began.elapsed().as_secs_f64() * 1000.0
    );
    // How far apart texts lie is a matter of the model; which of two is nearer is not.
    let is_right =
        if embedder.identity().is(&ModelIdentity::default()) { near < 0.3 && far > 0.7 } else { near < far };
    let (verdict, mend) = if is_right { (Verdict::Good, "") } else { (Verdict::Broken, MEND_MODEL) };
    Finding { part: "runtime", verdict, seen, mend: mend.into() }
}
