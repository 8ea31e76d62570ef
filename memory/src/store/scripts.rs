//! The Lua scripts, each one atomic step, called by their digest.

use std::sync::OnceLock;

use redis::Cmd;

/// A script: its text, and its digest once somebody needs it.
pub(super) struct Script {
    text: &'static str,
    digest: OnceLock<String>,
}

impl Script {
    fn digest(&self) -> &str {
        self.digest.get_or_init(|| redis::Script::new(self.text).get_hash().into())
    }
}

/// A script out of its files.
macro_rules! script {
    ($($file:literal),+) => {
        Script { text: concat!($(include_str!(concat!("scripts/", $file, ".lua"))),+), digest: OnceLock::new() }
    };
}

/// Search, and tell of each row what no index has.
pub(super) static SEARCH: Script = script!("search");

/// Find what may be recalled by distance and words.
pub(super) static HYBRID: Script = script!("hybrid");

/// Change a session, remember, log, and keep the outcome.
pub(super) static WRITE: Script = script!("scope", "json", "history", "window", "write");

/// Delete a memory of one scope.
pub(super) static FORGET: Script = script!("scope", "forget");

/// Forget what a user has among some keys.
pub(super) static FORGET_USER: Script = script!("scope", "forget_user");

/// Change parts of a memory of one scope.
pub(super) static EDIT: Script = script!("scope", "json", "history", "edit");

/// Put one memory of a scope in the place of another one.
pub(super) static SUPERSEDE: Script = script!("scope", "json", "history", "supersede");

/// What a person is to review in a scope.
pub(super) static REVIEW: Script = script!("scope", "json", "history", "review");

/// What a scope keeps to tune its recall.
pub(super) static JUDGEMENTS: Script = script!("scope", "judgements");

/// Write a memory as it was exported.
pub(super) static IMPORT: Script = script!("scope", "import");

/// Set a memory of one scope aside, or bring it back.
pub(super) static ASIDE: Script = script!("scope", "aside");

/// Keep the answer to a request for its repetitions.
pub(super) static KEEP: Script = script!("keep");

/// Give memories vectors of another model.
pub(super) static REEMBED: Script = script!("reembed");

static ALL: [&Script; 13] = [
    &REEMBED,
    &SEARCH,
    &HYBRID,
    &WRITE,
    &FORGET,
    &FORGET_USER,
    &EDIT,
    &SUPERSEDE,
    &REVIEW,
    &JUDGEMENTS,
    &IMPORT,
    &ASIDE,
    &KEEP,
];

/// Starts a call of a script on these keys. The digest saves sending the text each time.
pub(super) fn call(script: &Script, keys: &[String]) -> Cmd {
    let mut command = redis::cmd("EVALSHA");
    command.arg(script.digest()).arg(keys.len()).arg(keys);
    command
}

/// The commands that make all scripts known to a Redis that has lost or never had them.
pub(super) fn load_all() -> redis::Pipeline {
    let mut pipeline = redis::pipe();
    for script in ALL {
        pipeline.cmd("SCRIPT").arg("LOAD").arg(script.text).ignore();
    }
    pipeline
}

/// Whether a command is a call of this script.
pub(super) fn is_call(script: &Script, words: &[&[u8]]) -> bool {
    words.starts_with(&[b"EVALSHA", script.digest().as_bytes()])
}
