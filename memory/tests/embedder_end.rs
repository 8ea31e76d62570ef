//! How an embedder ends. A test by itself: it counts the threads of its process.
#![cfg(all(feature = "onnx", target_os = "linux"))]
#![allow(clippy::unwrap_used, reason = "tests")]

use std::{env, fs, path::Path};

use agent_memory::{
    Embedder, LocalEmbedder,
    embedder::{Purpose, files::ModelFiles, onnx::RuntimeOptions},
};

fn workers() -> usize {
    let threads = fs::read_dir("/proc/self/task").unwrap();
    threads
        .filter(|thread| {
            fs::read_to_string(thread.as_ref().unwrap().path().join("comm"))
                .is_ok_and(|name| name.trim() == "embedder")
        })
        .count()
}

/// Waits until there are so many: the system names a thread, and forgets it, a little later than it begins and ends.
fn until_workers(expected: usize) {
    while workers() != expected {
        std::thread::yield_now();
    }
}

#[tokio::test]
async fn the_workers_end_with_the_last_clone() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let parts = env::var_os("AGENT_MEMORY_PARTS").map_or(workspace.join(".parts"), Into::into);
    let library = Some(parts.join("onnxruntime/libonnxruntime.so"));
    let options = RuntimeOptions { library, workers: 3, ..Default::default() };
    let embedder = LocalEmbedder::load(&ModelFiles::in_dir(parts.join("model")).unwrap(), &options).unwrap();
    until_workers(3);
    let clone = embedder.clone();
    drop(embedder);
    clone.embed("a clone goes on", Purpose::Passage).await.unwrap();
    until_workers(3);
    drop(clone);
    until_workers(0);
}
