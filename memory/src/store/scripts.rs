//! The Lua scripts, each one atomic step, called by their digest.

use std::sync::LazyLock;

use redis::{Cmd, Script};

/// Read, check the owner, change, trim and renew a session.
pub(super) static WRITE_SESSION: LazyLock<Script> =
    LazyLock::new(|| Script::new(include_str!("scripts/write_session.lua")));

/// Deduplicate or store a memory.
pub(super) static REMEMBER: LazyLock<Script> =
    LazyLock::new(|| Script::new(include_str!("scripts/remember.lua")));

/// Delete a memory of one scope.
pub(super) static FORGET: LazyLock<Script> =
    LazyLock::new(|| Script::new(include_str!("scripts/forget.lua")));

/// Change parts of a memory of one scope.
pub(super) static EDIT: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("scripts/edit.lua")));

/// Write a memory as it was exported.
pub(super) static IMPORT: LazyLock<Script> =
    LazyLock::new(|| Script::new(include_str!("scripts/import.lua")));

/// Claim a key of idempotency, or read the answer that it has.
pub(super) static CLAIM: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("scripts/claim.lua")));

/// Keep the answer of a claimed key of idempotency, or give the key up.
pub(super) static SETTLE: LazyLock<Script> =
    LazyLock::new(|| Script::new(include_str!("scripts/settle.lua")));

/// Set a memory of one scope aside, or bring it back.
pub(super) static ASIDE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("scripts/aside.lua")));

/// Starts a call of a script on these keys. The digest saves sending the text each time.
pub(super) fn call(script: &Script, keys: &[String]) -> Cmd {
    let mut command = redis::cmd("EVALSHA");
    command.arg(script.get_hash()).arg(keys.len()).arg(keys);
    command
}

/// The command that makes all scripts known to a Redis that has lost or never had them.
pub(super) fn load_all() -> redis::Pipeline {
    let mut pipeline = redis::pipe();
    for source in [
        include_str!("scripts/write_session.lua"),
        include_str!("scripts/remember.lua"),
        include_str!("scripts/forget.lua"),
        include_str!("scripts/edit.lua"),
        include_str!("scripts/import.lua"),
        include_str!("scripts/claim.lua"),
        include_str!("scripts/settle.lua"),
        include_str!("scripts/aside.lua"),
    ] {
        pipeline.cmd("SCRIPT").arg("LOAD").arg(source).ignore();
    }
    pipeline
}
