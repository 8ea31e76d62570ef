//! A whole turn, split into embedding, Redis and the rest.

use serde_json::Value;

use crate::{
    Bench, USER,
    process::processor_ms,
    report::{Report, percentile},
    setup::Server,
    texts::{TURN_TOKENS, rewritten},
    traffic::Meter,
};

const SECTION: &str = "turns";

pub(crate) fn measure(bench: &Bench, servers: &[Server], meters: &[Meter<'_>], report: &mut Report) {
    let count = bench.options.either(80, 200);
    bench.alternate(report, "turns", |at, round, report| {
        servers[at].redis.clean();
        let run = Run { server: &servers[at], meter: &meters[at], at, thread_id: "turns" };
        let new = |_| bench.texts.fresh(TURN_TOKENS);
        let skipped: Vec<String> = (0..count).map(new).collect();
        run.turns("nothing is written", "skip", &skipped, None, report);
        let unnamed: Vec<String> = (0..count).map(new).collect();
        let run_unnamed = Run { thread_id: "", ..run };
        run_unnamed.turns("nothing is written, no thread named", "skip", &unnamed, None, report);
        let texts: Vec<String> = (0..count).map(new).collect();
        run.turns("a new memory", "episodic", &texts, Some(false), report);
        let again: Vec<String> = texts.iter().map(|text| rewritten(text, round + 1)).collect();
        run.turns("a duplicate", "episodic", &again, Some(true), report);
    });
}

/// One round of one executable.
#[derive(Clone, Copy)]
struct Run<'a> {
    server: &'a Server,
    meter: &'a Meter<'a>,
    at: usize,
    /// Empty where the server is to find the current one.
    thread_id: &'a str,
}

impl Run<'_> {
    fn turns(&self, what: &str, kind: &str, texts: &[String], duplicates: Option<bool>, report: &mut Report) {
        let mut client = self.server.client();
        let fields = |text| [("text", text), ("kind", kind), ("user", USER), ("thread_id", self.thread_id)];
        client.form(
            "/turn",
            &[("text", "a turn before the first"), ("kind", "skip"), ("user", USER), ("thread_id", "turns")],
        );
        let pids = [self.server.pid(), self.server.redis.pid()];
        let processor_before = pids.map(processor_ms);
        let mut taken = Vec::with_capacity(texts.len());
        let traffic = self.meter.of(texts.len(), || {
            for text in texts {
                let reply = client.form("/turn", &fields(text.as_str()));
                taken.push(Taken::of(reply.ms, &reply.json()));
            }
        });
        let [server_ms, redis_ms] = pids.map(processor_ms);
        if let Some(expected) = duplicates {
            let as_expected = taken.iter().filter(|turn| turn.is_duplicate == expected).count();
            assert!(as_expected * 10 >= texts.len() * 9, "{what}: {as_expected} of {} turns", texts.len());
        }
        let of = |part: fn(&Taken) -> f64| taken.iter().map(part).collect::<Vec<f64>>();
        let total = of(|turn| turn.total_ms);
        let figures = [50.0, 95.0, 99.0].map(|percent| percentile(&total, percent));
        let figures = [("p50", figures[0]), ("p95", figures[1]), ("p99", figures[2])];
        report.add(self.at, SECTION, what, "ms", &figures);
        let parts = [
            ("embedding", percentile(&of(|turn| turn.embed_ms), 50.0)),
            ("Redis", percentile(&of(|turn| turn.redis_ms), 50.0)),
            ("rest", percentile(&of(|turn| turn.total_ms - turn.embed_ms - turn.redis_ms), 50.0)),
        ];
        report.add(self.at, SECTION, &format!("{what}: of it, p50 of each"), "ms", &parts);
        let each = |now: f64, before: f64| (now - before) / texts.len() as f64;
        let processor = [
            ("server", each(server_ms, processor_before[0])),
            ("Redis", each(redis_ms, processor_before[1])),
        ];
        report.add(self.at, SECTION, &format!("{what}: processor time"), "ms", &processor);
        report.add(self.at, SECTION, &format!("{what}: in Redis"), "", &traffic.figures());
    }
}

/// What one turn took.
struct Taken {
    total_ms: f64,
    embed_ms: f64,
    /// Recalling and writing, by Redis' own clock.
    redis_ms: f64,
    is_duplicate: bool,
}

impl Taken {
    fn of(total_ms: f64, reply: &Value) -> Self {
        let ms = |name: &str| reply[name].as_f64().expect("a turn tells its times");
        Self {
            total_ms,
            embed_ms: ms("embed_ms"),
            redis_ms: ms("recall_ms") + ms("write_ms"),
            is_duplicate: reply["deduped"] == Value::Bool(true),
        }
    }
}
