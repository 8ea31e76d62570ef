//! Turns for each second, with more and more clients at once.

use std::{sync::Barrier, thread, time::Instant};

use crate::{
    Bench, USER,
    http::Client,
    process::processor_ms,
    report::{Report, p50_p99},
    setup::Server,
    texts::TURN_TOKENS,
};

const SECTION: &str = "clients";
const CLIENTS: [usize; 7] = [1, 2, 4, 8, 16, 32, 64];

pub(crate) fn measure(bench: &Bench, servers: &[Server], report: &mut Report) {
    // The same number of turns for everybody: what is written makes the next turn dearer.
    let turns = bench.options.either(192, 448);
    bench.alternate(report, "turns of many clients", |at, _, report| {
        let server = &servers[at];
        for clients in CLIENTS {
            server.redis.clean();
            let texts: Vec<String> = (0..turns).map(|_| bench.texts.fresh(TURN_TOKENS)).collect();
            let before = processor_ms(server.pid());
            let (per_second, times) = take_turns(server.port, clients, &texts);
            let processor = (processor_ms(server.pid()) - before) / turns as f64;
            let [p50, p99] = p50_p99(&times);
            let what = if clients == 1 { "1 client".into() } else { format!("{clients} clients") };
            report.add(at, SECTION, &what, "turns/s", &[("", per_second)]);
            report.add(
                at,
                SECTION,
                &format!("{what}: each turn"),
                "ms",
                &[p50, p99, ("processor", processor)],
            );
        }
    });
}

/// All turns, shared out among the clients, each on a thread of its own: turns for each second, and what each took.
fn take_turns(port: u16, clients: usize, texts: &[String]) -> (f64, Vec<f64>) {
    let barrier = Barrier::new(clients + 1);
    let one = |number: usize| {
        let mut client = Client::new(port);
        let thread_id = format!("client{number}");
        let turn = |client: &mut Client, text: &str, kind: &str| {
            let fields = [("text", text), ("kind", kind), ("user", USER), ("thread_id", thread_id.as_str())];
            client.form("/turn", &fields).ms
        };
        turn(&mut client, "a turn before the first", "skip");
        barrier.wait();
        let own = texts.iter().skip(number).step_by(clients);
        own.map(|text| turn(&mut client, text, "episodic")).collect::<Vec<f64>>()
    };
    thread::scope(|scope| {
        let one = &one;
        let running: Vec<_> = (0..clients).map(|number| scope.spawn(move || one(number))).collect();
        barrier.wait();
        let began = Instant::now();
        let times: Vec<f64> = running.into_iter().flat_map(|client| client.join().unwrap()).collect();
        (times.len() as f64 / began.elapsed().as_secs_f64(), times)
    })
}
