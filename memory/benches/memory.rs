//! `make bench`: what embedding, turns and recall cost, on real parts, as one table with the budgets beside.
//!
//! `MEMORIES=100000 make bench` measures recall at another size.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a program that prints"
)]

#[path = "../tests/support/mod.rs"]
mod support;

use std::time::Instant;

use agent_memory::{
    Embedder, Embedding, LocalEmbedder, LookRequest, Memory, Scope, ThreadId, TurnRequest,
    embedder::{files::ModelFiles, onnx::RuntimeOptions},
    model::WriteKind,
    settings::Settings,
    store::RecallOptions,
    threshold::Threshold,
};
use ort::{session::Session, value::Tensor};
use support::{PrivateRedis, parts};
use tokio::runtime::Runtime;

/// Twenty word pieces, the length of a short turn.
const TEXT: &str = "Could you remind me what we decided about the move of the analytics warehouse last week?";

fn main() {
    if std::env::args().any(|argument| argument == BARE) {
        return println!("{}", bare_graph());
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let embedder = embedder();
    println!("{:<58} {:>12} {:>14}", "what", "measured", "budget");
    embedding(&runtime, &embedder);
    let redis = PrivateRedis::start();
    let memory = runtime.block_on(Memory::connect(&redis.url(), Settings::default(), embedder)).unwrap();
    runtime.block_on(turns(&redis, &memory));
    runtime.block_on(recall(&redis, &memory));
}

fn row(what: &str, measured: String, budget: &str) {
    println!("{what:<58} {measured:>12} {budget:>14}");
}

fn embedder() -> LocalEmbedder {
    let files = ModelFiles::in_dir(parts().join("model")).unwrap();
    let library = Some(parts().join("onnxruntime/libonnxruntime.so"));
    LocalEmbedder::load(&files, &RuntimeOptions { library, ..RuntimeOptions::default() }).unwrap()
}

/// Milliseconds of each of `count` calls, sorted.
fn sorted_ms(count: usize, mut call: impl FnMut()) -> Vec<f64> {
    let mut times: Vec<f64> = (0..count)
        .map(|_| {
            let began = Instant::now();
            call();
            began.elapsed().as_secs_f64() * 1000.0
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times
}

fn percentile(sorted: &[f64], percent: usize) -> f64 {
    sorted[(sorted.len() * percent / 100).min(sorted.len() - 1)]
}

/// Our embedder against the bare graph, both in this run: before and after, so that neither has the quieter half.
fn embedding(runtime: &Runtime, embedder: &LocalEmbedder) {
    let before = bare_in_child();
    let times = sorted_ms(400, || drop(runtime.block_on(embedder.embed(TEXT)).unwrap()));
    let (ours, bare) = (percentile(&times, 50), (before + bare_in_child()) / 2.0);
    row("embedding a short text, p50", format!("{ours:.2} ms"), "");
    row("  the same graph run directly by ONNX Runtime, p50", format!("{bare:.2} ms"), "");
    row("  ratio", format!("{:.2} x", ours / bare), "1.15 x");
}

/// The argument with which this program measures the bare graph: a process can have one ONNX Runtime environment only.
const BARE: &str = "bare-graph";

fn bare_in_child() -> f64 {
    let output = std::process::Command::new(std::env::current_exe().unwrap()).arg(BARE).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().parse().expect("the child prints milliseconds")
}

/// Median milliseconds of the graph alone: no tokenizer, no pooling.
fn bare_graph() -> f64 {
    let mut tokenizer = tokenizers::Tokenizer::from_file(parts().join("model/tokenizer.json")).unwrap();
    tokenizer.with_padding(None);
    let ids: Vec<i64> =
        tokenizer.encode(TEXT, true).unwrap().get_ids().iter().map(|&id| i64::from(id)).collect();
    let library = parts().join("onnxruntime/libonnxruntime.so").canonicalize().unwrap();
    let environment = ort::init_from(library).unwrap().build().unwrap();
    let mut session = Session::builder(&environment)
        .unwrap()
        .with_intra_threads(1)
        .unwrap()
        .commit_from_file(parts().join("model/model.onnx"))
        .unwrap();
    let shape = [1, ids.len()];
    let input = |values: Vec<i64>| Tensor::from_array((shape, values)).unwrap();
    let times = sorted_ms(400, || {
        let inputs = ort::inputs! {
            "input_ids" => input(ids.clone()),
            "attention_mask" => input(vec![1; ids.len()]),
            "token_type_ids" => input(vec![0; ids.len()]),
        };
        drop(session.run(inputs).unwrap());
    });
    percentile(&times, 50)
}

async fn turns(redis: &PrivateRedis, memory: &Memory) {
    fill(redis, memory, 1000).await;
    let scope = Scope::default();
    let (mut whole, mut beyond) = (Vec::new(), Vec::new());
    let commands_before = total_reads(redis);
    const TURNS: usize = 300;
    for number in 0..TURNS {
        let request =
            TurnRequest::new(scope.clone(), format!("{TEXT} {number}")).on(ThreadId::from_random_bits(1));
        let outcome = memory.turn(request).await.unwrap();
        whole.push(outcome.timings.total_ms);
        beyond.push(outcome.timings.total_ms - outcome.timings.embed_ms);
    }
    let reads = total_reads(redis) - commands_before;
    whole.sort_by(f64::total_cmp);
    beyond.sort_by(f64::total_cmp);
    row("a turn with 1,000 memories, p50", format!("{:.2} ms", percentile(&whole, 50)), "2.40 ms");
    row("a turn with 1,000 memories, p95", format!("{:.2} ms", percentile(&whole, 95)), "");
    row("  beyond embedding, p50", format!("{:.2} ms", percentile(&beyond, 50)), "0.60 ms");
    #[expect(clippy::cast_precision_loss, reason = "small")]
    row("  round trips to Redis (its reads per turn)", format!("{:.1}", reads as f64 / TURNS as f64), "2");
    eight_clients(memory).await;
    row("resident memory of this process", format!("{} MiB", resident_mib()), "170 MiB");
}

async fn eight_clients(memory: &Memory) {
    const EACH: u32 = 100;
    let began = Instant::now();
    let clients: Vec<_> = (0..8)
        .map(|client| {
            let memory = memory.clone();
            tokio::spawn(async move {
                for number in 0..EACH {
                    let request = TurnRequest::new(Scope::default(), format!("{TEXT} {client} {number}"))
                        .on(ThreadId::from_random_bits(client))
                        .remembered_as(WriteKind::Episodic);
                    memory.turn(request).await.unwrap();
                }
            })
        })
        .collect();
    for client in clients {
        client.await.unwrap();
    }
    let per_second = f64::from(8 * EACH) / began.elapsed().as_secs_f64();
    row("turns per second with 8 clients", format!("{per_second:.0}/s"), "450/s");
}

async fn recall(redis: &PrivateRedis, memory: &Memory) {
    let count = std::env::var("MEMORIES").ok().and_then(|count| count.parse().ok()).unwrap_or(10_000);
    redis.command(&["FLUSHALL"]);
    let stored = fill(redis, memory, count).await;
    let long_term = memory.long_term();
    let scope = Scope::default();
    let options = RecallOptions { k: 5, kind: None, threshold: Threshold::new(2.0).unwrap() };
    let (mut times, mut found, mut asked) = (Vec::new(), 0, 0);
    for query in vectors(200, 7) {
        let began = Instant::now();
        let recalled = long_term.recall(&scope, &query, options).await.unwrap();
        times.push(began.elapsed().as_secs_f64() * 1000.0);
        let mut exact: Vec<(f64, usize)> = stored
            .iter()
            .enumerate()
            .map(|(number, vector)| (query.cosine_distance(vector), number))
            .collect();
        exact.sort_by(|a, b| a.0.total_cmp(&b.0));
        let nearest: Vec<String> = exact[..5].iter().map(|(_, number)| format!("{number:012x}")).collect();
        found += recalled.iter().filter(|record| nearest.contains(&record.id)).count();
        asked += 5;
    }
    times.sort_by(f64::total_cmp);
    row(&format!("recall of 5 among {count} memories, p50"), format!("{:.2} ms", percentile(&times, 50)), "");
    row(
        &format!("recall of 5 among {count} memories, p99"),
        format!("{:.2} ms", percentile(&times, 99)),
        "5.00 ms",
    );
    #[expect(clippy::cast_precision_loss, reason = "small")]
    row("  found of the exact nearest 5", format!("{:.3}", found as f64 / f64::from(asked)), "0.98");
}

/// Writes documents the way other programs do, and returns their vectors.
async fn fill(redis: &PrivateRedis, memory: &Memory, count: usize) -> Vec<Embedding> {
    // The index may be gone with what was there before.
    memory.look(&Scope::default(), &LookRequest::default()).await.unwrap();
    let client = redis::Client::open(redis.url()).unwrap();
    let mut connection = client.get_connection().unwrap();
    let stored = vectors(count, 1);
    for (chunk_number, chunk) in stored.chunks(500).enumerate() {
        let mut pipeline = redis::pipe();
        for (at, vector) in chunk.iter().enumerate() {
            let id = format!("{:012x}", chunk_number * 500 + at);
            let document = serde_json::json!({
                "id": id, "user": "default", "namespace": "default", "kind": "semantic", "source_thread": "bench",
                "text": format!("memory {id}"), "embedding": vector.as_slice(), "created_ts": 1.0, "hit_count": 0,
            });
            pipeline
                .cmd("JSON.SET")
                .arg(format!("agent:mem:{id}"))
                .arg("$")
                .arg(document.to_string())
                .ignore();
        }
        pipeline.query::<()>(&mut connection).unwrap();
    }
    stored
}

/// Vectors around the real vectors of real texts, spread as paraphrases are (about 0.3 apart): neither the same for
/// every query nor without any structure.
fn vectors(count: usize, seed: u64) -> Vec<Embedding> {
    let json =
        std::fs::read_to_string(support::workspace().join("memory/tests/data/embeddings.json")).unwrap();
    let rows: serde_json::Value = serde_json::from_str(&json).unwrap();
    let bases: Vec<Vec<f32>> = rows["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| serde_json::from_value(row["vector"].clone()).unwrap())
        .collect();
    let mut state = seed;
    let mut noise = move || {
        // SplitMix64: the same vectors in every run.
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = state;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        #[expect(clippy::cast_precision_loss, reason = "24 bits")]
        let unit = ((bits ^ (bits >> 31)) >> 40) as f32 / 16_777_216.0;
        unit - 0.5
    };
    (0..count)
        .map(|number| {
            let base = &bases[number % bases.len()];
            Embedding::new(base.iter().map(|component| component + noise() * 0.15).collect()).unwrap()
        })
        .collect()
}

/// How often Redis read from its sockets.
fn total_reads(redis: &PrivateRedis) -> u64 {
    let stats = redis.text(&["INFO", "stats"]);
    let line = stats.lines().find_map(|line| line.strip_prefix("total_reads_processed:"));
    line.and_then(|count| count.trim().parse().ok()).unwrap_or(0)
}

fn resident_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or("0 kB");
    line.split_whitespace().next().and_then(|kib| kib.parse::<u64>().ok()).unwrap_or(0) / 1024
}
