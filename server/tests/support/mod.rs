//! The real executable on a port of its own, over a private Redis.
#![allow(dead_code, unreachable_pub, missing_docs, reason = "each test program uses its own part")]

#[path = "../../../memory/tests/support/mod.rs"]
mod memory_support;

use std::{
    io::{BufRead, BufReader, Write},
    process::{Child, Command, ExitStatus, Stdio},
    sync::{Arc, Mutex},
};

#[allow(unused_imports, reason = "for the tests of models alone")]
pub use memory_support::tiny_model;
pub use memory_support::{PrivateRedis, free_port, parts, workspace};
use serde_json::Value;

/// The executable with the fetched parts, ready for more flags.
pub fn command() -> Command {
    let mut command = bare_command();
    command.arg("--model-dir").arg(parts().join("model"));
    command.arg("--ort-lib").arg(parts().join("onnxruntime/libonnxruntime.so"));
    command
}

/// The executable with no flag and no environment.
pub fn bare_command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_agent-memory"));
    command.env_clear();
    command
}

/// The Python of the tests, with an independent Redis client: fetched once, then there.
pub fn python() -> Command {
    let script = workspace().join("scripts/get-python.sh");
    assert!(Command::new("bash").arg(script).status().unwrap().success(), "no Python for the tests");
    Command::new(parts().join("python/bin/python"))
}

/// Starts the executable where it cannot start, and returns the last line of what it says.
pub fn refusal(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(!output.status.success(), "it started");
    let said = String::from_utf8(output.stderr).unwrap();
    said.lines().last().unwrap_or_default().to_string()
}

/// A running server, stopped on drop.
pub struct Server {
    process: Child,
    log: Arc<Mutex<String>>,
    pub port: u16,
}

impl Server {
    /// Starts one and waits until it says where the dashboard is.
    pub fn start(redis: &PrivateRedis, flags: &[&str]) -> Self {
        Self::start_in(redis, flags, &[])
    }

    /// The same, in this environment.
    pub fn start_in(redis: &PrivateRedis, flags: &[&str], environment: &[(&str, &str)]) -> Self {
        let port = free_port();
        let mut process = command()
            .envs(environment.iter().copied())
            .args(["--port", &port.to_string(), "--redis-host", "127.0.0.1", "--redis-port"])
            .arg(redis.port().to_string())
            .args(flags)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stderr.take().unwrap()).lines().map_while(Result::ok);
        let log = Arc::new(Mutex::new(String::new()));
        let keep = |line: &str| {
            let mut log = log.lock().unwrap();
            log.push_str(line);
            log.push('\n');
        };
        let is_up =
            lines.by_ref().inspect(|line| keep(line)).any(|line| line.contains("the dashboard is at"));
        assert!(is_up, "{}", log.lock().unwrap());
        let rest = Arc::clone(&log);
        std::thread::spawn(move || {
            for line in lines {
                rest.lock().unwrap().push_str(&(line + "\n"));
            }
        });
        Self { process, log, port }
    }

    /// All that it logged so far.
    pub fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    /// Asks it to stop, as a service manager would, and waits until it has.
    pub fn terminate(&mut self) -> ExitStatus {
        let id = self.process.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        self.process.wait().unwrap()
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    pub fn get(&self, path: &str) -> Reply {
        self.get_with(path, &[])
    }

    pub fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Reply {
        let mut request = agent().get(self.url(path));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Reply::of(request.call())
    }

    pub fn post(&self, path: &str, form: &[(&str, &str)]) -> Reply {
        self.post_with(path, form, &[])
    }

    pub fn post_with(&self, path: &str, form: &[(&str, &str)], headers: &[(&str, &str)]) -> Reply {
        let mut request = agent().post(self.url(path));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Reply::of(request.send_form(form.iter().copied()))
    }

    /// A call with a JSON body, or none where it is null.
    pub fn call(&self, method: &str, path: &str, body: &Value) -> Reply {
        self.call_with(method, path, body, &[])
    }

    pub fn call_with(&self, method: &str, path: &str, body: &Value, headers: &[(&str, &str)]) -> Reply {
        let mut request = ureq::http::Request::builder().method(method).uri(self.url(path));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if body.is_null() {
            return Reply::of(agent().run(request.body(()).unwrap()));
        }
        request = request.header("content-type", "application/json");
        Reply::of(agent().run(request.body(body.to_string()).unwrap()))
    }

    pub fn post_body(&self, path: &str, content_type: &str, body: &str) -> Reply {
        Reply::of(agent().post(self.url(path)).header("content-type", content_type).send(body))
    }
}

/// Sends raw bytes and returns all that is answered until the server closes.
pub fn raw_answer(port: u16, request: &str) -> String {
    let mut connection = std::net::TcpStream::connect(("127.0.0.1", port)).unwrap();
    connection.write_all(request.as_bytes()).unwrap();
    std::io::read_to_string(connection).unwrap()
}

/// Sends raw bytes and returns the first line of the answer.
pub fn raw_status_line(port: u16, request: &str) -> String {
    let mut connection = std::net::TcpStream::connect(("127.0.0.1", port)).unwrap();
    connection.write_all(request.as_bytes()).unwrap();
    BufReader::new(connection).lines().next().unwrap().unwrap()
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).build().into()
}

/// What came back.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: ureq::http::HeaderMap,
    pub text: String,
}

impl Reply {
    fn of(answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Self {
        let mut answer = answer.unwrap();
        Self {
            status: answer.status().as_u16(),
            headers: answer.headers().clone(),
            text: answer.body_mut().read_to_string().unwrap(),
        }
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}
