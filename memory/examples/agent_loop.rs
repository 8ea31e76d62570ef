//! An agent loop on the library: turns, recall, answers, and forgetting what was only for today.
//!
//! Where a real agent asks its language model, `answer` only repeats what it remembers. `make setup`, then:
//! `cargo run -p agent-memory --example agent_loop --features redis,onnx -- redis://localhost:6379`
#![allow(clippy::print_stdout, reason = "an example that shows what it does")]

use std::path::Path;

use agent_memory::{
    Kind, LocalEmbedder, Memory, MemoryFilter, MemoryRecord, Role, Scope, Text, Threshold, TurnRequest,
    embedder::{files::ModelFiles, onnx::RuntimeOptions},
    model::WriteKind,
    service::{ManyChange, NewText, Selection},
    settings::Settings,
    store::RecallOptions,
};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let redis = std::env::args().nth(1).unwrap_or_else(|| "redis://localhost:6379".into());
    for line in converse(&redis).await? {
        println!("{line}");
    }
    Ok(())
}

/// The whole conversation on the Redis at this address; returns what was said.
pub(crate) async fn converse(redis: &str) -> Result<Vec<String>, Box<dyn std::error::Error>> {
    let memory = connect(redis).await?;
    let scope = Scope::new("ada", "rust-example")?;
    // What the agent knows beforehand, embedded together.
    let facts = ["Ada is allergic to peanuts.", "Ada lives in Lisbon."]
        .into_iter()
        .map(|fact| Ok(NewText::new(Kind::Semantic, Text::new(fact)?)))
        .collect::<Result<Vec<_>, agent_memory::Error>>()?;
    memory.remember_many(&scope, &facts).await?;

    let thread = memory.start_thread(&scope, None, "plan a dinner").await?;
    let messages = [
        // A question is not a memory: it is appended and recalls, but nothing is written for it.
        ("What food is Ada allergic to?", WriteKind::Skip),
        ("We invited four guests for Friday evening.", WriteKind::Episodic),
        ("How many guests are coming on Friday?", WriteKind::Skip),
    ];
    let mut said = Vec::new();
    let near = Threshold::new(0.7).unwrap_or_default();
    for (message, write) in messages {
        let turn = TurnRequest::new(scope.clone(), message)?.on(thread.clone()).remembered_as(write);
        let outcome = memory.turn(turn).await?;
        let reply = answer(&outcome.recalled(near));
        memory.append_turn(&scope, &thread, Role::Assistant, &Text::new(&reply)?).await?;
        said.extend([format!("> {message}"), reply]);
    }

    // The dinner is over: what happened goes, what is so stays.
    let episodes = MemoryFilter::of_kind(Some(Kind::Episodic));
    let dropped = memory.change_many(&scope, &Selection::Where(episodes), &ManyChange::Drop, false).await?;
    let query = Text::new("Which city does Ada live in?")?;
    let options = RecallOptions { k: 1, threshold: near, ..RecallOptions::default() };
    let left = memory.recall(&scope, &query, &options).await?;
    said.push(format!("{} episode dropped; still known: {}", dropped.changed, answer(&left.memories)));
    Ok(said)
}

async fn connect(redis: &str) -> Result<Memory, agent_memory::Error> {
    let parts = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.parts"));
    let files = ModelFiles::in_dir(parts.join("model"))?;
    let library = Some(parts.join("onnxruntime/libonnxruntime.so"));
    let embedder = LocalEmbedder::load(&files, &RuntimeOptions { library, ..RuntimeOptions::default() })?;
    Memory::connect(redis, Settings::default(), embedder).await
}

/// Here a real agent asks its language model, with what was recalled in the prompt.
fn answer(recalled: &[MemoryRecord]) -> String {
    let texts: Vec<&str> = recalled.iter().map(|memory| memory.text.as_str()).collect();
    match texts.as_slice() {
        [] => "I remember nothing about that.".into(),
        texts => format!("As I remember: {}", texts.join(" ")),
    }
}
