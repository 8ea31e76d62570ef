//! An agent's memory without any server: two turns, and what the second one recalls.
//!
//! `make setup`, then:
//! `cargo run -p agent-memory --example quickstart --features redis,onnx -- redis://localhost:6379`
#![allow(clippy::print_stdout, reason = "an example that shows what it does")]

use std::path::Path;

use agent_memory::{
    LocalEmbedder, Memory, Scope, Threshold, TurnRequest,
    embedder::{files::ModelFiles, onnx::RuntimeOptions},
    model::WriteKind,
    settings::Settings,
};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    remember_and_recall(&std::env::args().nth(1).unwrap_or_else(|| "redis://localhost:6379".into())).await
}

/// Two turns on the Redis at this address.
pub(crate) async fn remember_and_recall(redis: &str) -> Result<(), Box<dyn std::error::Error>> {
    let parts = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.parts"));

    let files = ModelFiles::in_dir(parts.join("model"))?;
    let library = Some(parts.join("onnxruntime/libonnxruntime.so"));
    let embedder = LocalEmbedder::load(&files, &RuntimeOptions { library, ..RuntimeOptions::default() })?;
    let memory = Memory::connect(redis, Settings::default(), embedder).await?;

    // Everything belongs to a user and a namespace; nobody else ever sees it.
    let scope = Scope::new("ada", "quickstart")?;
    let thread = memory.start_thread(&scope, None, "").await?;

    let fact = TurnRequest::new(scope.clone(), "I am allergic to peanuts, please keep that in mind.")?;
    memory.turn(fact.on(thread.clone()).remembered_as(WriteKind::Semantic)).await?;

    let question = TurnRequest::new(scope.clone(), "Which food must I avoid because of my allergy?")?;
    let outcome = memory.turn(question.on(thread.clone()).remembered_as(WriteKind::Skip)).await?;
    for recalled in outcome.recalled(Threshold::DEFAULT_RECALL) {
        println!("{:.3}  {}", recalled.distance.unwrap_or_default(), recalled.text);
    }

    let session = memory.sessions().load(&scope, &thread).await?;
    println!("{} turns in working memory", session.map_or(0, |session| session.turn_count));
    Ok(())
}
