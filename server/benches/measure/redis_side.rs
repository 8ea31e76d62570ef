//! A private Redis, and filling it the way other programs do.

use std::{
    cell::RefCell,
    io::{BufRead, BufReader},
    ops::Range,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
};

use redis::{Connection, Value};

use crate::{
    setup::{free_port, workspace},
    vectors::Vectors,
};

/// The memory index, as the server names it where nobody says otherwise.
const INDEX: &str = "agentmem:idx";

/// A Redis with Search and JSON on a port and in a folder of its own, ended on drop.
pub(crate) struct PrivateRedis {
    process: Child,
    port: u16,
    folder: PathBuf,
    connection: RefCell<Connection>,
}

impl PrivateRedis {
    pub(crate) fn start() -> Self {
        // Another program may take the port between our look and Redis' start: then the next one.
        (0..20).find_map(|_| Self::try_start(free_port())).expect("no Redis came up: run `make setup`")
    }

    fn try_start(port: u16) -> Option<Self> {
        let folder = std::env::temp_dir().join(format!("agent-memory-bench-{}-{port}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let mut process = Command::new("bash")
            .arg(workspace().join("scripts/redis-server.sh"))
            .args([
                "--port",
                &port.to_string(),
                "--bind",
                "127.0.0.1",
                "--save",
                "",
                "--appendonly",
                "no",
                "--dir",
            ])
            .arg(&folder)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut log = BufReader::new(process.stdout.take().unwrap()).lines();
        let is_ready = log.by_ref().any(|line| line.is_ok_and(|line| line.contains("Ready to accept")));
        // Redis must never block on a full pipe.
        thread::spawn(move || log.for_each(drop));
        if !is_ready {
            let _ = process.wait();
            return None;
        }
        Some(Self { process, port, folder, connection: RefCell::new(connect(port)) })
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn pid(&self) -> u32 {
        self.process.id()
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Runs one command.
    pub(crate) fn command<T: redis::FromRedisValue>(&self, words: &[&str]) -> T {
        let mut command = redis::cmd(words[0]);
        for word in &words[1..] {
            command.arg(word);
        }
        command.query(&mut *self.connection.borrow_mut()).unwrap()
    }

    /// A figure of INFO.
    pub(crate) fn info(&self, section: &str, name: &str) -> f64 {
        let info: String = self.command(&["INFO", section]);
        figure(&info, name)
    }

    /// A connection of its own, for a thread of its own.
    pub(crate) fn connect(&self) -> Connection {
        connect(self.port)
    }

    /// Removes what was written since it was filled: every round begins with the same.
    pub(crate) fn clean(&self) {
        let mut keys: Vec<String> = self.keys("agent:mem:*");
        keys.retain(|key| !key.starts_with("agent:mem:000000"));
        keys.extend(self.keys("agent:session:*"));
        keys.extend(self.keys("agent:events:*"));
        for chunk in keys.chunks(500) {
            redis::cmd("UNLINK").arg(chunk).query::<()>(&mut *self.connection.borrow_mut()).unwrap();
        }
    }

    fn keys(&self, pattern: &str) -> Vec<String> {
        let mut connection = self.connection.borrow_mut();
        let scan = redis::cmd("SCAN").cursor_arg(0).arg("MATCH").arg(pattern).arg("COUNT").arg(1000).clone();
        scan.iter(&mut *connection).unwrap().map(Result::unwrap).collect()
    }

    /// The vector under a key, as it was stored.
    pub(crate) fn vector(&self, id: &str) -> Vec<f32> {
        let text: String = self.command(&["JSON.GET", &format!("agent:mem:{id}"), "$.embedding"]);
        let found: Vec<Vec<f32>> = serde_json::from_str(&text).unwrap();
        found.into_iter().next().unwrap()
    }

    /// Bytes of the index for each memory in it.
    pub(crate) fn index_bytes_per_memory(&self) -> f64 {
        const PARTS: [&str; 7] = [
            "inverted_sz_mb",
            "vector_index_sz_mb",
            "offset_vectors_sz_mb",
            "doc_table_size_mb",
            "sortable_values_size_mb",
            "key_table_size_mb",
            "tag_overhead_sz_mb",
        ];
        let reply: Vec<Value> = self.command(&["FT.INFO", INDEX]);
        let number = |wanted: &str| {
            let found = reply.chunks(2).find(|pair| text(&pair[0]) == wanted).map(|pair| text(&pair[1]));
            found.and_then(|text| text.parse::<f64>().ok()).unwrap_or(0.0)
        };
        let megabytes: f64 = PARTS.into_iter().map(number).sum();
        megabytes * 1024.0 * 1024.0 / number("num_docs")
    }

    /// Bytes of the documents, the mean of some.
    pub(crate) fn document_bytes(&self, count: usize) -> f64 {
        const SOME: usize = 50;
        let bytes = (0..SOME).map(|at| {
            let key = format!("agent:mem:{:012x}", at * count / SOME);
            self.command::<f64>(&["MEMORY", "USAGE", &key])
        });
        bytes.sum::<f64>() / SOME as f64
    }
}

impl Drop for PrivateRedis {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn connect(port: u16) -> Connection {
    redis::Client::open(format!("redis://127.0.0.1:{port}")).unwrap().get_connection().unwrap()
}

/// Writes documents the way other programs do: those of the given numbers, each with its vector, for its user.
pub(crate) fn fill(
    connection: &mut Connection,
    vectors: &Vectors,
    numbers: Range<usize>,
    user: impl Fn(usize) -> &'static str,
) {
    let numbers: Vec<usize> = numbers.collect();
    for chunk in numbers.chunks(500) {
        let mut pipeline = redis::pipe();
        for &number in chunk {
            let document = document(number, user(number), vectors.get(number));
            pipeline.cmd("JSON.SET").arg(format!("agent:mem:{number:012x}")).arg("$").arg(document).ignore();
        }
        pipeline.query::<()>(connection).unwrap();
    }
}

/// A document as Redis's own demos write it.
fn document(number: usize, user: &str, vector: &[f32]) -> String {
    let kind = if number.is_multiple_of(2) { "semantic" } else { "episodic" };
    serde_json::json!({
        "id": format!("{number:012x}"),
        "user": user,
        "namespace": "default",
        "kind": kind,
        "source_thread": format!("{:012x}", number % 97),
        "text": format!("What was said as number {number}, at about the length of one ordinary sentence of a conversation."),
        "embedding": vector,
        "created_ts": 1_763_000_000.0 + number as f64,
        "hit_count": 0,
    })
    .to_string()
}

/// A figure of the text that INFO answers.
pub(crate) fn figure(info: &str, name: &str) -> f64 {
    let line = info.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    line.and_then(|text| text.trim().parse().ok()).unwrap_or(f64::NAN)
}

fn text(value: &Value) -> String {
    match value {
        Value::BulkString(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        Value::SimpleString(text) => text.clone(),
        Value::Int(number) => number.to_string(),
        Value::Double(number) => number.to_string(),
        _ => String::new(),
    }
}
