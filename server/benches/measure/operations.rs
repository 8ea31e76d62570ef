//! Each operation of the stores over `/api/v1`: how long it takes, and what it costs in Redis.

use serde_json::{Value, json};

use crate::{
    Bench, USER,
    http::{Client, Reply},
    report::{Report, p50_p99, percentile},
    setup::Server,
    texts::{TURN_TOKENS, rewritten},
    traffic::Meter,
};

const SECTION: &str = "operations";
const API: &str = "/api/v1";

/// Threads that are there to be listed.
const THREADS: usize = 100;

pub(crate) fn measure(bench: &Bench, servers: &[Server], meters: &[Meter<'_>], report: &mut Report) {
    let calls = bench.options.either(50, 200);
    bench.alternate(report, "operations", |at, round, report| {
        servers[at].redis.clean();
        let client = servers[at].client();
        let mut run = Run { bench, client, meter: &meters[at], at, round, calls, report };
        run.row("nothing at all (GET /healthz)", |client, _| client.get("/healthz"));
        run.threads();
        run.memories();
        run.batches();
    });
}

/// One round of one executable.
struct Run<'a> {
    bench: &'a Bench,
    client: Client,
    meter: &'a Meter<'a>,
    at: usize,
    round: usize,
    calls: usize,
    report: &'a mut Report,
}

impl Run<'_> {
    fn threads(&mut self) {
        for number in 0..THREADS {
            self.client.json(
                "PUT",
                &path(&format!("threads/t{number}/goal")),
                &json!({"goal": "to be listed"}),
            );
        }
        let text = self.bench.texts.fresh(TURN_TOKENS);
        let turn = json!({"text": text});
        self.row("append a turn", |client, _| client.json("POST", &path("threads/t1/turns"), &turn));
        let goal = json!({"goal": text});
        self.row("set the goal", |client, _| client.json("PUT", &path("threads/t2/goal"), &goal));
        self.row("read a thread of 20 turns", |client, _| client.get(&path("threads/t1")));
        self.row("list 50 of 100 threads", |client, _| client.get(&path("threads")));
    }

    fn memories(&mut self) {
        let texts: Vec<String> = (0..self.calls).map(|_| self.bench.texts.fresh(TURN_TOKENS)).collect();
        let (mut ids, mut duplicates) = (Vec::new(), 0);
        self.row("remember a new text", |client, number| {
            let reply = client.json("POST", &path("memories"), &json!({"text": texts[number]}));
            ids.push(reply.json()["memory_id"].as_str().expect("a memory has an id").to_string());
            reply
        });
        let round = self.round;
        self.row("remember a duplicate", |client, number| {
            let text = rewritten(&texts[number], round + 1);
            let reply = client.json("POST", &path("memories"), &json!({"text": text}));
            duplicates += usize::from(reply.json()["deduped"] == Value::Bool(true));
            reply
        });
        assert_eq!(duplicates, self.calls, "the same text, written differently, is a duplicate");
        self.searches();
        self.row("list 50 memories of 1,000", |client, _| client.get(&path("memories")));
        let of = |number: usize| path(&format!("memories/{}", ids[number]));
        self.row("read a memory", |client, number| client.get(&of(number)));
        let pinned = json!({"ttl_seconds": 0});
        self.row("edit a lifetime", |client, number| client.json("PATCH", &of(number), &pinned));
        let edited: Vec<Value> =
            (0..self.calls).map(|_| json!({"text": self.bench.texts.fresh(TURN_TOKENS)})).collect();
        self.row("edit a text", |client, number| client.json("PATCH", &of(number), &edited[number]));
        self.row("forget a memory", |client, number| client.json("DELETE", &of(number), &json!({})));
    }

    /// Texts of different lengths, embedded together.
    fn batches(&mut self) {
        const TEXTS: usize = 100;
        let batch = |_| {
            let items: Vec<Value> =
                (0..TEXTS).map(|at| json!({"text": self.bench.texts.fresh(8 + at % 40)})).collect();
            json!({"items": items})
        };
        let batches: Vec<Value> = (0..self.calls.div_ceil(25)).map(batch).collect();
        let times: Vec<f64> = batches
            .iter()
            .map(|batch| self.client.json("POST", &path("memories/batch"), batch).ms / TEXTS as f64)
            .collect();
        let figures = [("p50", percentile(&times, 50.0))];
        self.report.add(self.at, SECTION, "remember 100 texts together: each", "ms", &figures);
    }

    fn searches(&mut self) {
        for (what, place) in [("recall 5", "recall"), ("probe (50 candidates)", "probe")] {
            let texts: Vec<Value> = (0..self.calls)
                .map(|_| json!({"text": self.bench.texts.fresh(TURN_TOKENS), "threshold": 2}))
                .collect();
            let mut embedding = Vec::new();
            self.row(what, |client, number| {
                let reply = client.json("POST", &path(place), &texts[number]);
                embedding.extend(reply.json()["timings"]["embed_ms"].as_f64());
                reply
            });
            let figures = [("p50", percentile(&embedding, 50.0))];
            self.report.add(self.at, SECTION, &format!("{what}: of it embedding"), "ms", &figures);
        }
    }

    fn row(&mut self, what: &str, mut call: impl FnMut(&mut Client, usize) -> Reply) {
        let mut times = Vec::with_capacity(self.calls);
        let traffic = self.meter.of(self.calls, || {
            times.extend((0..self.calls).map(|number| call(&mut self.client, number).ms));
        });
        self.report.add(self.at, SECTION, what, "ms", &p50_p99(&times));
        self.report.add(self.at, SECTION, &format!("{what}: in Redis"), "", &traffic.figures());
    }
}

fn path(place: &str) -> String {
    format!("{API}/{place}?user={USER}")
}
