//! What the figures were measured on.

use std::fs;

use serde_json::{Value, json};

fn first_line(file: &str, prefix: &str) -> String {
    let text = fs::read_to_string(file).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(prefix));
    line.unwrap_or_default().trim_start_matches([' ', '\t', ':']).to_string()
}

/// How many processes wanted a processor lately: over 1, 5 and 15 minutes.
pub(crate) fn load() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').take(3).collect::<Vec<_>>().join(" ")
}

pub(crate) fn processor() -> String {
    first_line("/proc/cpuinfo", "model name")
}

pub(crate) fn cores() -> usize {
    std::thread::available_parallelism().map_or(0, usize::from)
}

pub(crate) fn facts() -> Value {
    json!({
        "processor": processor(),
        "cores": cores(),
        "memory": first_line("/proc/meminfo", "MemTotal"),
        "kernel": first_line("/proc/sys/kernel/osrelease", ""),
    })
}
