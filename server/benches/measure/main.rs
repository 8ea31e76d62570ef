//! `make bench`: what embedding, the stores, turns and recall cost, measured from outside, over HTTP and in Redis.
//!
//! It drives the executable of this tree, or two executables in alternating rounds (`scripts/bench.sh --against COMMIT`). Each
//! has a Redis of its own. Nothing here calls the library, so that an older executable is measured the same way.
//!
//! - `options`: what to measure
//! - `setup`: the executables with their Redis, started and ended
//! - `process`: what the system tells about a process
//! - `http`: one keep-alive connection
//! - `redis_side`, `traffic`: a private Redis, filled as other programs do; round trips and bytes as it counts them
//! - `texts`, `vectors`: what is said, of a known number of tokens; vectors near those of real texts, and exact search
//! - `start`, `embedding`, `graph`, `operations`, `turns`, `clients`, `scale`: the sections of the table
//! - `report`: rows, medians, the table, the JSON
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::cast_precision_loss,
    reason = "a program that prints, and stops where something is missing"
)]

mod clients;
mod embedding;
mod graph;
mod http;
mod machine;
mod operations;
mod options;
mod process;
mod redis_side;
mod report;
mod scale;
mod setup;
mod start;
mod texts;
mod traffic;
mod turns;
mod vectors;

use crate::{options::Options, report::Report, setup::Executable, texts::Texts, traffic::Meter};

/// What all sections share.
struct Bench {
    options: Options,
    executables: Vec<Executable>,
    texts: Texts,
}

impl Bench {
    /// Calls for each executable in each round, in turn, so that no executable has the quieter half.
    fn alternate(&self, report: &mut Report, what: &str, mut measure: impl FnMut(usize, usize, &mut Report)) {
        let rounds = self.options.rounds;
        for round in 0..rounds {
            let mut order: Vec<usize> = (0..self.executables.len()).collect();
            if round % 2 == 1 {
                order.reverse();
            }
            for at in order {
                let label = &self.executables[at].label;
                report.progress(&format!("{what}: round {} of {rounds}, {label}", round + 1));
                measure(at, round, report);
            }
        }
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.first().is_some_and(|first| first == graph::CHILD) {
        return graph::child(&arguments[1..]);
    }
    let options = Options::parse(&arguments).unwrap_or_else(|problem| {
        eprintln!("error: {problem}\n{}", options::USAGE);
        std::process::exit(2);
    });
    let executables = Executable::all(&options);
    let texts = Texts::of(&executables[0]);
    let mut report = Report::new(&executables, &options);
    let bench = Bench { options, executables, texts };
    measure(&bench, &mut report);
    report.finish(&bench.options.json);
}

fn measure(bench: &Bench, report: &mut Report) {
    let wanted = |section: &str| bench.options.wants(section);
    if wanted("start") {
        start::measure(bench, report);
    }
    if ["embedding", "operations", "turns", "clients"].into_iter().any(wanted) {
        report.progress("starting the servers, and filling in 1,000 memories");
        let running = setup::start_all(bench, FILLED);
        if wanted("embedding") {
            embedding::measure(bench, &running, report);
        }
        if wanted("operations") || wanted("turns") {
            report.progress("counting what idle servers say to Redis");
            let meters = Meter::of_all(&running);
            if wanted("operations") {
                operations::measure(bench, &running, &meters, report);
            }
            if wanted("turns") {
                turns::measure(bench, &running, &meters, report);
            }
        }
        if wanted("clients") {
            clients::measure(bench, &running, report);
        }
        start::memory_at_the_end(&running, report);
    }
    if wanted("scale") {
        scale::measure(bench, report);
    }
}

/// Memories that are there while operations and turns are measured.
const FILLED: usize = 1000;

/// The scope that they are in.
const USER: &str = "bench";
