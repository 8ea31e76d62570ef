//! From the start of the process until it is ready, and the memory that it takes.

use crate::{Bench, process::memory_mib, report::Report, setup::Server};

const SECTION: &str = "start";

pub(crate) fn measure(bench: &Bench, report: &mut Report) {
    // The first start reads the files from the disk.
    for executable in &bench.executables {
        report.progress(&format!("starting {} once, so that its files are in memory", executable.label));
        drop(Server::start(executable));
    }
    bench.alternate(report, "start", |at, _, report| {
        let server = Server::start(&bench.executables[at]);
        report.add(at, SECTION, "start to ready", "ms", &[("", server.ready_ms)]);
        let resident = memory_mib(server.pid(), "VmRSS");
        report.add(at, SECTION, "resident memory when ready", "MiB", &[("", resident)]);
    });
}

/// What it takes after all sections but the last.
pub(crate) fn memory_at_the_end(servers: &[Server], report: &mut Report) {
    for (at, server) in servers.iter().enumerate() {
        let figures =
            [("now", memory_mib(server.pid(), "VmRSS")), ("most", memory_mib(server.pid(), "VmHWM"))];
        report.add(at, "start", "resident memory after all turns", "MiB", &figures);
    }
}
