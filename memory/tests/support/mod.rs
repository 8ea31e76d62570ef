//! A private Redis Stack per test, and vectors with known distances.
#![allow(
    dead_code,
    unreachable_pub,
    missing_docs,
    unexpected_cfgs,
    reason = "each test program uses its own part"
)]

pub mod tiny_model;

use std::{
    io::{BufRead, BufReader},
    net::TcpListener,
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use agent_memory::{
    Embedding, Lifetime, MemoryRecord, Scope, ThreadId,
    embedder::{EmbedFuture, Purpose},
    keys::Keys,
    model::Kind,
    scope::MemoryId,
    settings::Settings,
    store::{NewMemory, Store},
};

/// The root of the workspace.
pub fn workspace() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// The folder of the fetched parts.
pub fn parts() -> PathBuf {
    std::env::var_os("AGENT_MEMORY_PARTS").map_or_else(|| workspace().join(".parts"), PathBuf::from)
}

/// A Redis with Search and JSON on a port and in a folder of its own, ended on drop.
pub struct PrivateRedis {
    process: Child,
    port: u16,
    folder: PathBuf,
}

impl PrivateRedis {
    /// Starts one without persistence.
    pub fn start() -> Self {
        Self::start_with(&["--save", ""])
    }

    pub fn start_with(options: &[&str]) -> Self {
        // Another program may take the port between our look and Redis' start: then the next one.
        (0..20)
            .find_map(|_| Self::try_start(free_port(), options))
            .expect("no Redis came up: run `make setup`")
    }

    /// Starts one without Search and JSON.
    pub fn start_plain() -> Self {
        Self::start_with(&["--save", "", PLAIN])
    }

    fn try_start(port: u16, options: &[&str]) -> Option<Self> {
        let folder = std::env::temp_dir().join(format!("agent-memory-test-{}-{port}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        Self::launch(port, folder, options)
    }

    fn launch(port: u16, folder: PathBuf, options: &[&str]) -> Option<Self> {
        let mut process = server(options.contains(&PLAIN))
            .args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--dir"])
            .arg(&folder)
            .args(options.iter().filter(|&&option| option != PLAIN))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut log = BufReader::new(process.stdout.take().unwrap()).lines();
        let is_ready = log.by_ref().any(|line| line.is_ok_and(|line| line.contains("Ready to accept")));
        // Redis must never block on a full pipe.
        std::thread::spawn(move || log.for_each(drop));
        is_ready.then_some(Self { process, port, folder })
    }

    /// Stops Redis at once, as a crash would.
    pub fn crash(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Starts it again on the same port, with what its files kept.
    pub fn restart(&mut self, options: &[&str]) {
        self.crash();
        let again = (0..20).find_map(|_| Self::launch(self.port, self.folder.clone(), options));
        let again = again.expect("Redis did not come back");
        let mut old = std::mem::replace(self, again);
        old.folder = PathBuf::new();
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Runs one command over a connection of its own, as any other program would.
    pub fn command(&self, words: &[&str]) -> redis::Value {
        let client = redis::Client::open(self.url()).unwrap();
        let mut command = redis::cmd(words[0]);
        for word in &words[1..] {
            command.arg(word);
        }
        command.query(&mut client.get_connection().unwrap()).unwrap()
    }

    /// The same, with the answer as text.
    pub fn text(&self, words: &[&str]) -> String {
        redis::from_redis_value(self.command(words)).unwrap()
    }

    pub async fn store(&self) -> Store {
        Store::connect(&self.url(), Keys::default()).await.unwrap()
    }
}

impl Drop for PrivateRedis {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        if !self.folder.as_os_str().is_empty() {
            let _ = std::fs::remove_dir_all(&self.folder);
        }
    }
}

/// Stands for "no modules" among the options of a private Redis.
const PLAIN: &str = "plain";

fn server(is_plain: bool) -> Command {
    if is_plain {
        let redis = parts().join("redis");
        let mut command = Command::new(redis.join("bin/redis-server"));
        command.env("LD_LIBRARY_PATH", redis.join("ssl"));
        return command;
    }
    let mut command = Command::new("bash");
    command.arg(workspace().join("scripts/redis-server.sh"));
    command
}

/// A port that nothing listens on.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// The vector at this cosine distance (0 to 1) from `at_distance(0.0)`.
pub fn at_distance(distance: f32) -> Embedding {
    let cosine = 1.0 - distance;
    let mut components = vec![0.0; 384];
    components[0] = cosine;
    components[1] = (1.0 - cosine * cosine).max(0.0).sqrt();
    Embedding::new(components).unwrap()
}

pub fn scope(user: &str) -> Scope {
    Scope::new(user, "test").unwrap()
}

pub fn thread(number: u64) -> ThreadId {
    ThreadId::from_random_bits(number)
}

pub fn settings() -> Settings {
    Settings::default()
}

/// Stands for a model where no test is about meaning: each text has a direction of its own.
pub struct NoModel;

impl agent_memory::Embedder for NoModel {
    fn embed<'a>(&'a self, text: &'a str, _purpose: Purpose) -> EmbedFuture<'a, Embedding> {
        let mut components = vec![0.0; 384];
        let place = text.bytes().fold(7_usize, |place, byte| (place * 31 + usize::from(byte)) % 384);
        components[place] = 1.0;
        Box::pin(async { Ok(Embedding::new(components)?) })
    }
}

/// A memory with everything but text, id and vector at its simplest.
pub fn memory<'a>(id: &'a MemoryId, text: &'a str, embedding: &'a Embedding) -> NewMemory<'a> {
    NewMemory {
        id,
        text,
        embedding,
        kind: Kind::Episodic,
        source_thread: "t1",
        lifetime: Lifetime::OfKind,
        tags: &[],
        relation: None,
        created_ts: 1_763_797_823.123_456,
    }
}

pub fn texts(memories: &[MemoryRecord]) -> Vec<&str> {
    memories.iter().map(|memory| memory.text.as_str()).collect()
}

/// The whole memory, on the real model.
#[cfg(feature = "onnx")]
pub mod with_model {
    use agent_memory::{
        LocalEmbedder, Memory,
        embedder::{files::ModelFiles, onnx::RuntimeOptions},
    };

    use super::{PrivateRedis, parts, settings};

    pub fn embedder() -> LocalEmbedder {
        let files = ModelFiles::in_dir(parts().join("model")).unwrap();
        let library = Some(parts().join("onnxruntime/libonnxruntime.so"));
        LocalEmbedder::load(&files, &RuntimeOptions { library, ..RuntimeOptions::default() }).unwrap()
    }

    pub async fn memory(redis: &PrivateRedis) -> Memory {
        Memory::connect(&redis.url(), settings(), embedder()).await.unwrap()
    }
}
