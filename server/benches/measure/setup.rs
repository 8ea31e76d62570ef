//! The executables under measurement, each with a Redis of its own.

use std::{
    collections::HashMap,
    ffi::{OsStr, OsString},
    fs::File,
    os::unix::ffi::OsStringExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::{
    Bench, USER,
    http::Client,
    options::{Options, Tree},
    redis_side::{self, PrivateRedis},
    vectors::Vectors,
};

/// An executable, and the environment in which its own scripts start it.
pub(crate) struct Executable {
    pub(crate) label: String,
    pub(crate) file: PathBuf,
    pub(crate) environment: HashMap<OsString, OsString>,
}

impl Executable {
    pub(crate) fn all(options: &Options) -> Vec<Self> {
        let this = &options.trees[0];
        let found: Vec<Self> = options.trees.iter().map(|tree| Self::of(tree, this)).collect();
        for executable in &found {
            assert!(executable.file.is_file(), "{} is not there: build it first", executable.file.display());
        }
        found
    }

    /// Each tree knows by its own scripts where its model and its libraries are.
    fn of(tree: &Tree, this: &Tree) -> Self {
        let mut command = Command::new("bash");
        command
            .arg("-c")
            .arg("source scripts/lib.sh; source scripts/server-env.sh; env -0; printf '%s\\0' \"$server\"");
        command.current_dir(&tree.root);
        // Whoever calls may have settings for a server of their own.
        let settings = std::env::vars_os().map(|(name, _)| name).filter(|name| is_setting(name));
        for name in settings {
            command.env_remove(name);
        }
        if let Some(parts) = tree.parts.as_ref().or(this.parts.as_ref()) {
            command.env("AGENT_MEMORY_PARTS", parts);
        }
        if let Some(exe) = &tree.exe {
            command.env("AGENT_MEMORY_SERVER", exe);
        }
        let output = command.output().expect("bash is there");
        assert!(output.status.success(), "{} has no scripts/server-env.sh", tree.root.display());
        let mut words: Vec<Vec<u8>> = output.stdout.split(|&byte| byte == 0).map(<[u8]>::to_vec).collect();
        words.pop();
        let server = PathBuf::from(OsString::from_vec(words.pop().expect("the last word is the executable")));
        let environment = words.into_iter().filter_map(|word| {
            let at = word.iter().position(|&byte| byte == b'=')?;
            Some((OsString::from_vec(word[..at].to_vec()), OsString::from_vec(word[at + 1..].to_vec())))
        });
        Self { label: tree.label.clone(), file: tree.root.join(server), environment: environment.collect() }
    }

    /// A value of its environment as a path.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        let value = self.environment.get(&OsString::from(name));
        PathBuf::from(value.unwrap_or_else(|| panic!("scripts/server-env.sh sets {name}")))
    }
}

fn is_setting(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    name.starts_with("AGENT_MEMORY_") && !name.starts_with("AGENT_MEMORY_PARTS")
}

/// A running executable; ended on drop, and its Redis after it.
pub(crate) struct Server {
    process: Child,
    pub(crate) port: u16,
    /// From the start of the process until it said that it is ready.
    pub(crate) ready_ms: f64,
    pub(crate) redis: PrivateRedis,
    log: PathBuf,
}

impl Server {
    pub(crate) fn start(executable: &Executable) -> Self {
        let redis = PrivateRedis::start();
        let port = free_port();
        let site = redis.folder().join("site");
        std::fs::create_dir_all(&site).unwrap();
        let log = redis.folder().join("server.log");
        let mut command = Command::new(&executable.file);
        command.env_clear().envs(&executable.environment);
        command.args(["--port", &port.to_string(), "--redis-host", "127.0.0.1", "--redis-port"]);
        command.arg(redis.port().to_string()).arg("--no-reset").arg("--site-dir").arg(&site);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(File::create(&log).unwrap());
        let began = Instant::now();
        let process = command.spawn().unwrap();
        let mut server = Self { process, port, ready_ms: 0.0, redis, log };
        server.wait_until_ready(began);
        server
    }

    fn wait_until_ready(&mut self, began: Instant) {
        const LONGEST: Duration = Duration::from_secs(60);
        while !is_ready(self.port) {
            let is_gone = self.process.try_wait().unwrap().is_some();
            if is_gone || began.elapsed() > LONGEST {
                panic!(
                    "the server did not start: {}",
                    std::fs::read_to_string(&self.log).unwrap_or_default()
                );
            }
            thread::sleep(Duration::from_millis(1));
        }
        self.ready_ms = began.elapsed().as_secs_f64() * 1000.0;
    }

    pub(crate) fn pid(&self) -> u32 {
        self.process.id()
    }

    pub(crate) fn client(&self) -> Client {
        Client::new(self.port)
    }
}

fn is_ready(port: u16) -> bool {
    let Ok(mut client) = Client::connect(port) else { return false };
    client.exchange("GET", "/readyz", "text/plain", b"").is_ok_and(|(status, _)| status == 200)
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A port that nothing listens on.
pub(crate) fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// The root of this workspace.
pub(crate) fn workspace() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// All executables, running, with this many memories in the scope that is measured.
pub(crate) fn start_all(bench: &Bench, memories: usize) -> Vec<Server> {
    let vectors = Vectors::near_real_texts(memories);
    let servers: Vec<Server> = bench.executables.iter().map(Server::start).collect();
    for server in &servers {
        redis_side::fill(&mut server.redis.connect(), &vectors, 0..memories, |_| USER);
    }
    servers
}
