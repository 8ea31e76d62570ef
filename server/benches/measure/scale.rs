//! Recall and GET /state with many memories: how long they take, whether they find the nearest, and what the index weighs.

use std::{
    ops::Range,
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::{
    Bench, USER,
    http::Client,
    redis_side,
    report::{Report, p50_p99},
    setup::Server,
    texts::TURN_TOKENS,
    traffic::Meter,
    vectors::{Vectors, normalised, questions},
};

const SECTION: &str = "scale";

/// A second user, who has few of the many memories.
const FEW_USER: &str = "few";
const FEW: usize = 200;

/// How many are recalled.
const K: usize = 5;

pub(crate) fn measure(bench: &Bench, report: &mut Report) {
    let sizes = [1_000, 10_000, 100_000];
    let most = sizes[sizes.len() - 1];
    report.progress("making vectors");
    let vectors = Vectors::near_real_texts(most);
    let servers: Vec<Server> = bench.executables.iter().map(Server::start).collect();
    let questions: Vec<Vec<Question>> = servers.iter().map(ask_for_vectors).collect();
    report.progress("counting what idle servers say to Redis");
    let meters = Meter::of_all(&servers);
    let mut filled = 0;
    for size in sizes {
        report.progress(&format!("filling in memories up to {}", grouped(size)));
        fill_all(&servers, &vectors, filled..size);
        filled = size;
        let name = grouped(size);
        for (at, server) in servers.iter().enumerate() {
            let weights = [
                ("index", server.redis.index_bytes_per_memory()),
                ("document", server.redis.document_bytes(size)),
                ("Redis in all", server.redis.info("memory", "used_memory") / size as f64),
            ];
            report.add(at, SECTION, &format!("{name}: for each memory"), "bytes", &weights);
        }
        let most_of_all = Scope { user: USER, size, owns: |number| !is_few(number), vectors: &vectors };
        scope(bench, &servers, &meters, &questions, &most_of_all, &name, report);
    }
    let few = Scope { user: FEW_USER, size: most, owns: is_few, vectors: &vectors };
    scope(bench, &servers, &meters, &questions, &few, &format!("{FEW} of {}", grouped(most)), report);
}

/// The memories of one user among all.
struct Scope<'a> {
    user: &'static str,
    /// Memories of all users.
    size: usize,
    owns: fn(usize) -> bool,
    vectors: &'a Vectors,
}

/// Every 97th of the last fifth is the second user's, until there are enough: all topics have some, as 97 is a prime.
fn is_few(number: usize) -> bool {
    number >= 80_000 && number.is_multiple_of(97) && (number - 80_000) / 97 < FEW
}

fn fill_all(servers: &[Server], vectors: &Vectors, numbers: Range<usize>) {
    let user = |number: usize| if is_few(number) { FEW_USER } else { USER };
    thread::scope(|scope| {
        // Side by side: each Redis fills its index on one core.
        for mut connection in servers.iter().map(|server| server.redis.connect()) {
            let numbers = numbers.clone();
            scope.spawn(move || redis_side::fill(&mut connection, vectors, numbers, user));
        }
    });
}

fn scope(
    bench: &Bench,
    servers: &[Server],
    meters: &[Meter<'_>],
    questions: &[Vec<Question>],
    scope: &Scope<'_>,
    name: &str,
    report: &mut Report,
) {
    report.progress(&format!("{name}: searching exactly"));
    let nearest: Vec<Vec<f32>> = questions
        .iter()
        .map(|questions| questions.iter().map(|question| scope.nearest(&question.vector)).collect())
        .collect();
    let each = Duration::from_millis(bench.options.either(300, 800));
    bench.alternate(report, name, |at, _, report| {
        let server = &servers[at];
        let mut run = Run { client: server.client(), meter: &meters[at], at, scope, name, each, report };
        run.recalls(&questions[at], &nearest[at]);
        run.looks();
        run.turns(bench, "skip", "a turn that writes nothing");
        run.turns(bench, "episodic", "a turn with a new memory");
    });
}

/// One round of one executable.
struct Run<'a> {
    client: Client,
    meter: &'a Meter<'a>,
    at: usize,
    scope: &'a Scope<'a>,
    name: &'a str,
    each: Duration,
    report: &'a mut Report,
}

impl Run<'_> {
    fn row(&mut self, what: &str, unit: &'static str, figures: &[(&'static str, f64)]) {
        self.report.add(self.at, SECTION, &format!("{}: {what}", self.name), unit, figures);
    }

    fn recalls(&mut self, questions: &[Question], nearest: &[f32]) {
        let mut recalled = Recalled::default();
        let traffic = self.meter.of(questions.len(), || {
            recalled = recall(&mut self.client, questions, nearest, self.scope);
        });
        self.row("recall of 5, without embedding", "ms", &p50_p99(&recalled.times));
        self.row("recall of 5: found of the exact nearest", "", &[("", recalled.found)]);
        self.row("recall of 5: in Redis", "", &traffic.figures());
    }

    fn looks(&mut self) {
        let path = format!("/state?user={}", self.scope.user);
        self.client.get(&path);
        let (mut times, began) = (Vec::new(), Instant::now());
        while is_due(&times, began, self.each) {
            times.push(self.client.get(&path).ms);
        }
        self.row("GET /state", "ms", &p50_p99(&times));
        const COUNTED: usize = 10;
        let traffic = self.meter.of(COUNTED, || {
            for _ in 0..COUNTED {
                self.client.get(&path);
            }
        });
        self.row("GET /state: in Redis", "", &traffic.figures());
    }

    /// What they remember is forgotten again: the next round finds the same.
    fn turns(&mut self, bench: &Bench, kind: &str, what: &str) {
        let user = self.scope.user;
        let (mut times, mut ids, began) = (Vec::new(), Vec::new(), Instant::now());
        while is_due(&times, began, self.each) {
            let text = bench.texts.fresh(TURN_TOKENS);
            // A thread belongs to its user.
            let fields = [("text", text.as_str()), ("kind", kind), ("user", user), ("thread_id", user)];
            let reply = self.client.form("/turn", &fields);
            let told = reply.json();
            times.push(reply.ms - told["embed_ms"].as_f64().expect("a turn tells its times"));
            ids.extend(told["memory_id"].as_str().map(String::from));
        }
        for id in ids {
            self.client.json("DELETE", &format!("/api/v1/memories/{id}?user={user}"), &json!({}));
        }
        self.row(&format!("{what}, without embedding"), "ms", &p50_p99(&times));
    }
}

/// Whether another call is due: some at least, and then for a while.
fn is_due(times: &[f64], began: Instant, each: Duration) -> bool {
    times.len() < 5 || (began.elapsed() < each && times.len() < 100)
}

impl Scope<'_> {
    fn nearest(&self, to: &[f32]) -> f32 {
        self.vectors.nearest(self.size, self.owns, to, K)
    }
}

/// A text to ask with, and the vector that the executable makes of it.
struct Question {
    text: String,
    vector: Vec<f32>,
}

/// Lets the server remember each question for a user of its own, and reads its vector back from Redis.
fn ask_for_vectors(server: &Server) -> Vec<Question> {
    const MOST: usize = 90;
    let mut client = server.client();
    let texts = questions(MOST).into_iter().enumerate();
    texts
        .map(|(number, text)| {
            let path = format!("/api/v1/memories?user=question{number}");
            let written = client.json("POST", &path, &json!({"text": text})).json();
            let id = written["memory_id"].as_str().expect("a memory has an id");
            let vector = normalised(&server.redis.vector(id));
            client.json("DELETE", &format!("/api/v1/memories/{id}?user=question{number}"), &json!({}));
            Question { text, vector }
        })
        .collect()
}

#[derive(Default)]
struct Recalled {
    times: Vec<f64>,
    /// The share of the nearest that was found.
    found: f64,
}

fn recall(client: &mut Client, questions: &[Question], nearest: &[f32], scope: &Scope<'_>) -> Recalled {
    // Two vectors of one text may differ in the last digits.
    const TOLERANCE: f32 = 1e-5;
    let path = format!("/api/v1/recall?user={}", scope.user);
    let (mut times, mut found) = (Vec::new(), 0);
    for (question, farthest) in questions.iter().zip(nearest) {
        let reply = client.json("POST", &path, &json!({"text": question.text, "k": K, "threshold": 2}));
        let answer = reply.json();
        times.push(reply.ms - answer["timings"]["embed_ms"].as_f64().expect("a recall tells its times"));
        let is_near = |memory: &&Value| {
            let id = memory["id"].as_str().and_then(|id| usize::from_str_radix(id, 16).ok());
            id.is_some_and(|id| scope.vectors.distance(id, &question.vector) <= farthest + TOLERANCE)
        };
        found += answer["memories"].as_array().expect("a list").iter().filter(is_near).count();
    }
    Recalled { times, found: found as f64 / (questions.len() * K) as f64 }
}

fn grouped(count: usize) -> String {
    format!("{},{:03}", count / 1000, count % 1000)
}
