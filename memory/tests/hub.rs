//! Fetching the model's files from a local server that answers as the model hub does: a redirect to another address for
//! large files, a relative one for small ones, `x-repo-commit` and `etag` headers, ranges.
#![cfg(feature = "hub")]
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "tests")]

use std::{
    collections::HashMap,
    env, fs,
    io::{BufRead, BufReader, Write},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    path::PathBuf,
    process,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use agent_memory::embedder::{
    files::ModelFiles,
    hub::{HubFile, HubOptions, REVISION, fetch},
};
use sha2::{Digest, Sha256};

const MODEL_PATH: &str = "onnx/model.onnx";
const TOKENIZER: &[u8] = b"{\"version\": \"1.0\"}";
/// Name of the model's content in the cache: what the hub sends as `x-linked-etag`.
const MODEL_ETAG: &str = "model-etag";

fn model() -> Vec<u8> {
    (0..400_000_u32).flat_map(|index| [(index % 251) as u8]).collect()
}

/// A server that ends with the test.
struct Hub {
    address: SocketAddr,
    state: Arc<State>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct State {
    /// Content by path.
    contents: Mutex<HashMap<&'static str, Vec<u8>>>,
    /// The next answers with a body end after so many bytes of it.
    cuts: Mutex<Vec<usize>>,
    /// `path range` of every request.
    requests: Mutex<Vec<String>>,
    is_over: AtomicBool,
}

impl Hub {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(State::default());
        state.contents.lock().unwrap().extend([("tokenizer", TOKENIZER.to_vec()), ("model", model())]);
        let served = Arc::clone(&state);
        let thread = thread::spawn(move || {
            for stream in listener.incoming() {
                if served.is_over.load(Ordering::SeqCst) {
                    return;
                }
                served.answer(&stream.unwrap(), address);
            }
        });
        Self { address, state, thread: Some(thread) }
    }

    fn options(&self, cache: &Folder) -> HubOptions {
        let file = |path: &str, content: &[u8]| HubFile {
            path: path.to_owned(),
            sha256: format!("{:x}", Sha256::digest(content)),
        };
        HubOptions {
            cache_dir: Some(cache.0.clone()),
            endpoint: Some(format!("http://{}", self.address)),
            pause: Duration::ZERO,
            model: file(MODEL_PATH, &model()),
            tokenizer: file("tokenizer.json", TOKENIZER),
            ..Default::default()
        }
    }

    fn set(&self, name: &'static str, content: Option<&[u8]>) {
        let mut contents = self.state.contents.lock().unwrap();
        contents.remove(name);
        contents.extend(content.map(|content| (name, content.to_vec())));
    }

    fn cut(&self, after_bytes: &[usize]) {
        self.state.cuts.lock().unwrap().extend(after_bytes.iter().rev());
    }

    /// The requests since the last call.
    fn requests(&self) -> Vec<String> {
        std::mem::take(&mut self.state.requests.lock().unwrap())
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        self.state.is_over.store(true, Ordering::SeqCst);
        TcpStream::connect(self.address).ok();
        self.thread.take().map(JoinHandle::join);
    }
}

impl State {
    fn answer(&self, stream: &TcpStream, address: SocketAddr) {
        let (path, range) = read_request(stream);
        self.requests.lock().unwrap().push(format!("{path} {range}"));
        let resolve = format!("/sentence-transformers/all-MiniLM-L6-v2/resolve/{REVISION}/");
        let commit = format!("x-repo-commit: {REVISION}\r\n");
        let has = |name| self.contents.lock().unwrap().contains_key(name);
        match path.strip_prefix(&resolve).unwrap_or(&path) {
            MODEL_PATH if has("model") => {
                let headers = format!(
                    "{commit}x-linked-etag: \"{MODEL_ETAG}\"\r\netag: \"other\"\r\nlocation: http://{address}/store/model\r\n"
                );
                send(stream, "302 Found", &headers, b"", 0);
            }
            "tokenizer.json" if has("tokenizer") => {
                let headers = format!("{commit}location: /resolve-cache/tokenizer.json\r\n");
                send(stream, "307 Temporary Redirect", &headers, b"", 0);
            }
            "/resolve-cache/tokenizer.json" => {
                self.content(stream, "tokenizer", &range, &format!("{commit}etag: \"tokenizer-etag\"\r\n"));
            }
            "/store/model" => self.content(stream, "model", &range, "etag: \"other\"\r\n"),
            _ => send(stream, "404 Not Found", "x-error-code: EntryNotFound\r\n", b"", 0),
        }
    }

    fn content(&self, stream: &TcpStream, name: &str, range: &str, headers: &str) {
        let content = self.contents.lock().unwrap()[name].clone();
        let (first, last) = range.strip_prefix("bytes=").unwrap().split_once('-').unwrap();
        let first: usize = first.parse().unwrap();
        let end = last.parse().map_or(content.len(), |last: usize| last + 1);
        if first >= content.len() {
            let headers = format!("content-range: bytes */{}\r\n", content.len());
            return send(stream, "416 Range Not Satisfiable", &headers, b"", 0);
        }
        let body = &content[first..end];
        let cut = if last.is_empty() { self.cuts.lock().unwrap().pop() } else { None };
        let headers = format!("{headers}content-range: bytes {first}-{}/{}\r\n", end - 1, content.len());
        send(stream, "206 Partial Content", &headers, body, cut.unwrap_or(body.len()));
    }
}

fn read_request(stream: &TcpStream) -> (String, String) {
    let mut lines = BufReader::new(stream).lines().map(Result::unwrap);
    let first = lines.next().unwrap_or_default();
    let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut range = String::new();
    for line in lines.take_while(|line| !line.is_empty()) {
        let (name, value) = line.split_once(": ").unwrap();
        assert!(!name.eq_ignore_ascii_case("authorization"), "a token was sent");
        if name.eq_ignore_ascii_case("range") {
            range = value.to_owned();
        }
    }
    (path, range)
}

/// Announces the whole body, and ends the connection after `sent_bytes` of it.
fn send(mut stream: &TcpStream, status: &str, headers: &str, body: &[u8], sent_bytes: usize) {
    let length = body.len();
    let head = format!("HTTP/1.1 {status}\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(&body[..sent_bytes]).unwrap();
    stream.shutdown(Shutdown::Write).ok();
}

/// The cache folder of a test, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = env::temp_dir().join(format!("agent-memory-hub-{name}-{}", process::id()));
        fs::remove_dir_all(&path).ok();
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    /// The partial file of the model.
    fn partial(&self) -> PathBuf {
        let blobs = self.0.join("models--sentence-transformers--all-MiniLM-L6-v2/blobs");
        fs::create_dir_all(&blobs).unwrap();
        blobs.join(format!("{MODEL_ETAG}.part"))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).ok();
    }
}

fn quiet(options: &HubOptions) -> agent_memory::Result<ModelFiles> {
    fetch(options, &mut |_| {})
}

#[track_caller]
fn check_content(files: &ModelFiles) {
    assert_eq!(fs::read(&files.tokenizer).unwrap(), TOKENIZER);
    assert!(fs::read(&files.model).unwrap() == model());
}

#[track_caller]
fn check_failure(options: &HubOptions, expected: &str) {
    let message = quiet(options).unwrap_err().to_string();
    println!("{message}");
    assert!(message.contains(expected), "{message}\ninstead of\n{expected}");
    assert!(message.contains("`--model-dir`"), "{message}");
}

#[test]
fn files_are_fetched_with_progress_and_then_taken_from_the_cache() {
    let (hub, cache) = (Hub::start(), Folder::new("fetch"));
    let mut told = Vec::new();
    let files = fetch(&hub.options(&cache), &mut |progress| {
        told.push((progress.file.to_owned(), progress.done_bytes, progress.total_bytes));
    })
    .unwrap();
    check_content(&files);
    assert_eq!(told[0].0, "tokenizer.json");
    let size = model().len() as u64;
    let model: Vec<_> = told.iter().filter(|(file, ..)| file == MODEL_PATH).collect();
    assert_eq!((model[0].1, model[model.len() - 1].1), (0, size));
    assert!(model.iter().all(|(.., total)| *total == size) && model.len() <= 101 && model.is_sorted());

    hub.requests();
    assert_eq!(quiet(&hub.options(&cache)).unwrap(), files);
    assert_eq!(hub.requests(), [""; 0]);
}

#[test]
fn files_that_another_program_of_the_hub_cached_are_used() {
    let (hub, cache) = (Hub::start(), Folder::new("foreign"));
    let snapshot = cache.0.join("models--sentence-transformers--all-MiniLM-L6-v2/snapshots").join(REVISION);
    fs::create_dir_all(snapshot.join("onnx")).unwrap();
    fs::write(snapshot.join(MODEL_PATH), model()).unwrap();
    fs::write(snapshot.join("tokenizer.json"), TOKENIZER).unwrap();
    check_content(&quiet(&HubOptions { offline: true, ..hub.options(&cache) }).unwrap());
    assert_eq!(hub.requests(), [""; 0]);
}

#[test]
fn a_connection_that_breaks_off_is_continued() {
    let (hub, cache) = (Hub::start(), Folder::new("cut"));
    // The tokenizer comes whole, the model in three parts.
    hub.cut(&[TOKENIZER.len(), 150_000, 100_000]);
    check_content(&quiet(&hub.options(&cache)).unwrap());
    let transfers: Vec<_> = hub
        .requests()
        .into_iter()
        .filter_map(|request| {
            Some(request.strip_prefix("/store/model bytes=")?.strip_suffix('-')?.to_owned())
        })
        .collect();
    assert_eq!(transfers, ["0", "150000", "250000"]);
}

#[test]
fn a_fetch_that_was_given_up_is_continued_by_the_next_one() {
    let (hub, cache) = (Hub::start(), Folder::new("later"));
    hub.cut(&[TOKENIZER.len(), 10_000, 20_000]);
    check_failure(
        &HubOptions { attempts: 2, ..hub.options(&cache) },
        "`onnx/model.onnx` could not be fetched",
    );
    assert_eq!(fs::metadata(cache.partial()).unwrap().len(), 30_000);
    hub.requests();
    check_content(&quiet(&hub.options(&cache)).unwrap());
    assert!(hub.requests().contains(&"/store/model bytes=30000-".to_owned()));
}

#[test]
fn a_partial_file_that_cannot_be_continued_is_dropped() {
    for (name, size) in [("complete", model().len()), ("too-long", model().len() + 1)] {
        let (hub, cache) = (Hub::start(), Folder::new(name));
        fs::write(cache.partial(), vec![b'x'; size]).unwrap();
        check_content(&quiet(&hub.options(&cache)).unwrap());
    }
}

#[test]
fn a_file_that_the_hub_does_not_have_is_told_at_once() {
    let (hub, cache) = (Hub::start(), Folder::new("missing"));
    hub.set("model", None);
    let expected = format!("`onnx/model.onnx` could not be fetched from `http://{}`", hub.address);
    check_failure(&hub.options(&cache), &expected);
    let requests = hub.requests();
    assert_eq!(requests.iter().filter(|request| request.contains(MODEL_PATH)).count(), 1, "{requests:?}");
}

#[test]
fn a_wrong_content_is_removed_and_fetched_anew() {
    let (hub, cache) = (Hub::start(), Folder::new("wrong"));
    hub.set("model", Some(b"something else"));
    let expected = format!("instead of `{:x}`: it was removed", Sha256::digest(model()));
    check_failure(&hub.options(&cache), &expected);
    check_failure(&HubOptions { offline: true, ..hub.options(&cache) }, "is not in");
    hub.set("model", Some(&model()));
    check_content(&quiet(&hub.options(&cache)).unwrap());
}

#[test]
fn a_cached_file_that_was_changed_is_noticed() {
    let (hub, cache) = (Hub::start(), Folder::new("changed"));
    let files = quiet(&hub.options(&cache)).unwrap();
    fs::write(&files.model, b"cut short").unwrap();
    check_failure(&HubOptions { offline: true, ..hub.options(&cache) }, "it was removed");
    check_content(&quiet(&hub.options(&cache)).unwrap());
}

#[test]
fn offline_needs_the_cache() {
    let (hub, cache) = (Hub::start(), Folder::new("offline"));
    let offline = HubOptions { offline: true, ..hub.options(&cache) };
    check_failure(&offline, "and the network is switched off");
    assert_eq!(hub.requests(), [""; 0]);
    quiet(&hub.options(&cache)).unwrap();
    check_content(&quiet(&offline).unwrap());
}

#[test]
fn a_hub_that_does_not_answer_is_named() {
    let cache = Folder::new("unreachable");
    let options = Hub::start().options(&cache);
    let endpoint = options.endpoint.clone().unwrap();
    check_failure(&options, &format!("`tokenizer.json` could not be fetched from `{endpoint}`"));
}
