//! What Linux tells about a process.

use std::fs;

/// Resident memory in MiB: now, or the most there ever was.
pub(crate) fn memory_mib(pid: u32, line: &str) -> f64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let kib = status.lines().find_map(|text| text.strip_prefix(line)?.strip_prefix(':'));
    let kib = kib.and_then(|rest| rest.split_whitespace().next()?.parse::<f64>().ok());
    kib.unwrap_or(f64::NAN) / 1024.0
}

/// Milliseconds of processor time that a process has used, in its own code and in the kernel's, in steps of ten.
pub(crate) fn processor_ms(pid: u32) -> f64 {
    // A tick is 10 ms on every Linux that Rust runs on: USER_HZ is part of the kernel's interface.
    const MS_PER_TICK: f64 = 10.0;
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // The name, in brackets, may have spaces.
    let after_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let fields: Vec<&str> = after_name.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|text| text.parse::<f64>().ok()).unwrap_or(f64::NAN);
    (ticks(11) + ticks(12)) * MS_PER_TICK
}
