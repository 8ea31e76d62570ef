//! What calls cost in Redis: round trips and bytes, as Redis counts them.

use std::{
    thread,
    time::{Duration, Instant},
};

use crate::{
    redis_side::{PrivateRedis, figure},
    setup::Server,
};

/// What Redis has counted so far.
#[derive(Clone, Copy)]
struct Counters {
    at: Instant,
    /// How often it read from its sockets: once for each round trip, where the request fits into one read of 16 KiB.
    reads: f64,
    bytes_in: f64,
    bytes_out: f64,
}

impl Counters {
    fn of(redis: &PrivateRedis) -> Self {
        let info: String = redis.command(&["INFO", "stats"]);
        Self {
            at: Instant::now(),
            reads: figure(&info, "total_reads_processed"),
            bytes_in: figure(&info, "total_net_input_bytes"),
            bytes_out: figure(&info, "total_net_output_bytes"),
        }
    }

    fn since(self, before: Self) -> Traffic {
        Traffic {
            seconds: (self.at - before.at).as_secs_f64(),
            round_trips: self.reads - before.reads,
            bytes_in: self.bytes_in - before.bytes_in,
            bytes_out: self.bytes_out - before.bytes_out,
        }
    }
}

/// What went over Redis' sockets, in all or for each call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Traffic {
    seconds: f64,
    round_trips: f64,
    bytes_in: f64,
    bytes_out: f64,
}

impl Traffic {
    pub(crate) fn figures(self) -> [(&'static str, f64); 3] {
        [("round trips", self.round_trips), ("bytes in", self.bytes_in), ("bytes out", self.bytes_out)]
    }

    /// This share of it.
    fn each(self, share: f64) -> Self {
        Self {
            seconds: self.seconds * share,
            round_trips: self.round_trips * share,
            bytes_in: self.bytes_in * share,
            bytes_out: self.bytes_out * share,
        }
    }

    fn minus(self, other: Self, times: f64) -> Self {
        Self {
            seconds: self.seconds,
            round_trips: self.round_trips - other.round_trips * times,
            bytes_in: self.bytes_in - other.bytes_in * times,
            bytes_out: self.bytes_out - other.bytes_out * times,
        }
    }
}

/// Counts what calls cost in Redis, without what is not theirs: our own INFO, and what the server says once a second.
pub(crate) struct Meter<'a> {
    redis: &'a PrivateRedis,
    /// Two INFO, one right after the other.
    of_looking: Traffic,
    /// A second in which nobody calls.
    idle: Traffic,
}

impl<'a> Meter<'a> {
    /// One for each server, all idle meanwhile.
    pub(crate) fn of_all(servers: &'a [Server]) -> Vec<Self> {
        const IDLE: Duration = Duration::from_secs(3);
        let begun: Vec<(Counters, Traffic)> = servers
            .iter()
            .map(|server| {
                let first = Counters::of(&server.redis);
                let second = Counters::of(&server.redis);
                (second, second.since(first))
            })
            .collect();
        thread::sleep(IDLE);
        let meter = |(server, (before, of_looking)): (&'a Server, (Counters, Traffic))| {
            let idle = Counters::of(&server.redis).since(before).minus(of_looking, 1.0);
            Self { redis: &server.redis, of_looking, idle: idle.each(1.0 / idle.seconds) }
        };
        servers.iter().zip(begun).map(meter).collect()
    }

    /// What each of `count` calls cost.
    pub(crate) fn of(&self, count: usize, calls: impl FnOnce()) -> Traffic {
        let before = Counters::of(self.redis);
        calls();
        let all = Counters::of(self.redis).since(before);
        let theirs = all.minus(self.of_looking, 1.0).minus(self.idle, all.seconds);
        theirs.each(1.0 / count as f64)
    }
}
