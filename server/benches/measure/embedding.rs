//! Embedding by the number of tokens, alone and many at once: recalls in a scope that has no memories.

use std::{
    sync::Barrier,
    thread,
    time::{Duration, Instant},
};

use serde_json::json;

use crate::{
    Bench, graph,
    http::Client,
    machine,
    report::{Report, percentile},
    setup::Server,
    texts::Texts,
};

const SECTION: &str = "embedding";
const TOKENS: [usize; 6] = [8, 16, 32, 64, 128, 256];
const AT_ONCE: [usize; 3] = [2, 8, 32];
/// Lengths as they come in a conversation.
const MIXED: [usize; 8] = [16, 24, 8, 48, 16, 96, 32, 12];

pub(crate) fn measure(bench: &Bench, servers: &[Server], report: &mut Report) {
    alone(bench, servers, report);
    at_once(bench, servers, report);
}

fn alone(bench: &Bench, servers: &[Server], report: &mut Report) {
    let each = Duration::from_millis(bench.options.either(250, 400));
    let direct_ms = |threads| graph::median_ms(&bench.executables[0], threads, &TOKENS, each);
    // With one thread, and with all: one of each for every round.
    let mut direct: Vec<[Vec<f64>; 2]> = Vec::new();
    bench.alternate(report, "embedding alone", |at, round, report| {
        if direct.len() <= round {
            direct.push([direct_ms(1), direct_ms(machine::cores())]);
        }
        let mut client = servers[at].client();
        for (tokens, direct) in TOKENS.into_iter().zip(&direct[round][0]) {
            let (mut times, began) = (Vec::new(), Instant::now());
            embed(&mut client, &bench.texts.fresh(tokens));
            while began.elapsed() < each || times.len() < 10 {
                times.push(embed(&mut client, &bench.texts.fresh(tokens)));
            }
            let p50 = percentile(&times, 50.0);
            let figures = [("p50", p50), ("p99", percentile(&times, 99.0)), ("x graph", p50 / direct)];
            report.add(at, SECTION, &format!("{tokens} tokens, alone"), "ms", &figures);
        }
    });
    for [one, all] in &direct {
        for (at, tokens) in TOKENS.iter().enumerate() {
            let figures = [("1 thread", one[at]), ("all cores", all[at])];
            report.add(0, SECTION, &format!("{tokens} tokens, the graph run directly"), "ms", &figures);
        }
    }
}

/// Milliseconds that embedding took, as the server says.
fn embed(client: &mut Client, text: &str) -> f64 {
    let reply = client.json("POST", "/api/v1/recall?user=nobody", &json!({"text": text, "k": 1}));
    reply.json()["timings"]["embed_ms"].as_f64().expect("a recall tells its times")
}

fn at_once(bench: &Bench, servers: &[Server], report: &mut Report) {
    let lengths: &[usize] = bench.options.either(&[16, 64, 256], &TOKENS);
    let each = Duration::from_millis(bench.options.either(400, 700));
    bench.alternate(report, "embedding many at once", |at, _, report| {
        let port = servers[at].port;
        for clients in AT_ONCE {
            for &tokens in lengths {
                let rate = texts_per_second(&bench.texts, port, clients, &[tokens], each);
                report.add(
                    at,
                    SECTION,
                    &format!("{tokens} tokens, {clients} at once"),
                    "texts/s",
                    &[("", rate)],
                );
            }
            let rate = texts_per_second(&bench.texts, port, clients, &MIXED, each);
            report.add(at, SECTION, &format!("8 to 96 tokens, {clients} at once"), "texts/s", &[("", rate)]);
        }
    });
}

/// Clients that each ask again as soon as they are answered, with texts of these lengths in turn.
fn texts_per_second(texts: &Texts, port: u16, clients: usize, lengths: &[usize], each: Duration) -> f64 {
    let barrier = Barrier::new(clients);
    let one = |number: usize| {
        let mut client = Client::new(port);
        let lengths = lengths.iter().cycle().skip(number);
        embed(&mut client, &texts.fresh(8));
        barrier.wait();
        let (mut count, began) = (0_u32, Instant::now());
        for &tokens in lengths {
            if began.elapsed() >= each {
                break;
            }
            embed(&mut client, &texts.fresh(tokens));
            count += 1;
        }
        f64::from(count) / began.elapsed().as_secs_f64()
    };
    thread::scope(|scope| {
        let one = &one;
        let running: Vec<_> = (0..clients).map(|number| scope.spawn(move || one(number))).collect();
        running.into_iter().map(|client| client.join().unwrap()).sum()
    })
}
