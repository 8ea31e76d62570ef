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
    let mut filled = 0;
    for size in sizes {
        report.progress(&format!("filling in memories up to {}", grouped(size)));
        fill_all(&servers, &vectors, filled..size);
        filled = size;
        let all =
            Scope { user: USER, size, owns: if size == most { is_bulk } else { is_any }, vectors: &vectors };
        let name = grouped(size);
        scope(bench, &servers, &questions, &all, &name, report);
        for (at, server) in servers.iter().enumerate() {
            let weights = [
                ("index", server.redis.index_bytes_per_memory()),
                ("document", server.redis.document_bytes(size)),
                ("Redis in all", server.redis.info("memory", "used_memory") / size as f64),
            ];
            report.add(at, SECTION, &format!("{name}: for each memory"), "bytes", &weights);
        }
    }
    let few = Scope { user: FEW_USER, size: most, owns: is_few, vectors: &vectors };
    scope(bench, &servers, &questions, &few, &format!("{FEW} of {}", grouped(most)), report);
}

/// The memories of one user among all.
struct Scope<'a> {
    user: &'static str,
    /// Memories of all users.
    size: usize,
    owns: fn(usize) -> bool,
    vectors: &'a Vectors,
}

const fn is_any(_: usize) -> bool {
    true
}

/// Every 97th of the last fifth is the second user's, until there are enough; primes, so that all topics have some.
const fn is_few(number: usize) -> bool {
    number >= 80_000 && number.is_multiple_of(97) && (number - 80_000) / 97 < FEW
}

const fn is_bulk(number: usize) -> bool {
    !is_few(number)
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
    let each = Duration::from_millis(bench.options.either(600, 2000));
    bench.alternate(report, &format!("{name}: recall and GET /state"), |at, _, report| {
        let mut client = servers[at].client();
        let recalled = recall(&mut client, &questions[at], &nearest[at], scope);
        report.add(
            at,
            SECTION,
            &format!("{name}: recall of 5, without embedding"),
            "ms",
            &p50_p99(&recalled.times),
        );
        report.add(
            at,
            SECTION,
            &format!("{name}: recall@5 against exact search"),
            "",
            &[("", recalled.found)],
        );
        let path = format!("/state?user={}", scope.user);
        client.get(&path);
        let (mut times, began) = (Vec::new(), Instant::now());
        while times.len() < 5 || (began.elapsed() < each && times.len() < 100) {
            times.push(client.get(&path).ms);
        }
        report.add(at, SECTION, &format!("{name}: GET /state"), "ms", &p50_p99(&times));
    });
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
