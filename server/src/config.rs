//! Flags and environment variables.

use std::{net::IpAddr, path::PathBuf};

use agent_memory::{
    Lifetime, Seconds, Threshold,
    embedder::{Form, onnx::RuntimeOptions},
    keys::Keys,
    settings::{DedupRule, Settings},
};
use clap::{Parser, ValueEnum, builder::FalseyValueParser};

use crate::{guard::fits_a_header, start::StartError};

/// The flags that all commands share.
#[derive(Debug, Clone, Parser)]
#[command(name = "agent-memory", version, max_term_width = 110, args_override_self = true)]
pub(crate) struct Config {
    /// Address to listen on. Anything but loopback needs --token.
    #[arg(long, env = "AGENT_MEMORY_HOST", default_value = "127.0.0.1", help_heading = "HTTP")]
    pub(crate) host: String,

    /// Port to listen on.
    #[arg(long, env = "AGENT_MEMORY_PORT", default_value_t = 8090, help_heading = "HTTP")]
    pub(crate) port: u16,

    /// Further names under which the server is reached, besides --host and localhost. May be given several times.
    #[arg(
        long = "allowed-host",
        value_name = "NAME",
        env = "AGENT_MEMORY_ALLOWED_HOSTS",
        value_delimiter = ',',
        help_heading = "HTTP"
    )]
    pub(crate) allowed_hosts: Vec<String>,

    /// Secret that every caller has to know: `Authorization: Bearer TOKEN`, or once in a browser `/?token=TOKEN`.
    #[arg(long, env = "AGENT_MEMORY_TOKEN", hide_env_values = true, help_heading = "HTTP")]
    pub(crate) token: Option<Secret>,

    /// Host of Redis.
    #[arg(long, env = "AGENT_MEMORY_REDIS_HOST", default_value = "localhost", help_heading = "Redis")]
    pub(crate) redis_host: String,

    /// Port of Redis.
    #[arg(long, env = "AGENT_MEMORY_REDIS_PORT", default_value_t = 6379, help_heading = "Redis")]
    pub(crate) redis_port: u16,

    /// Redis with all that a host and port cannot say: redis://[user:password@]host:port[/database], rediss:// for TLS.
    #[arg(long, env = "AGENT_MEMORY_REDIS_URL", hide_env_values = true, help_heading = "Redis")]
    pub(crate) redis_url: Option<Secret>,

    /// Prefix of session keys.
    #[arg(
        long,
        env = "AGENT_MEMORY_SESSION_KEY_PREFIX",
        default_value = "agent:session:",
        help_heading = "Redis"
    )]
    pub(crate) session_key_prefix: String,

    /// Prefix of memory keys.
    #[arg(long, env = "AGENT_MEMORY_MEM_KEY_PREFIX", default_value = "agent:mem:", help_heading = "Redis")]
    pub(crate) mem_key_prefix: String,

    /// Name of the memory index.
    #[arg(long, env = "AGENT_MEMORY_MEM_INDEX_NAME", default_value = "agentmem:idx", help_heading = "Redis")]
    pub(crate) mem_index_name: String,

    /// Prefix of event log keys.
    #[arg(
        long,
        env = "AGENT_MEMORY_EVENT_KEY_PREFIX",
        default_value = "agent:events:",
        help_heading = "Redis"
    )]
    pub(crate) event_key_prefix: String,

    /// Lifetime of working memory, renewed by every write.
    #[arg(
        long,
        env = "AGENT_MEMORY_SESSION_TTL_SECONDS",
        default_value = "3600",
        value_parser = seconds,
        help_heading = "Memory"
    )]
    pub(crate) session_ttl_seconds: Seconds,

    /// Cosine distance, 0 to 2, up to which a text that says the same counts as one that is remembered already.
    #[arg(
        long,
        env = "AGENT_MEMORY_DEDUP_THRESHOLD",
        default_value = "0.20",
        value_parser = threshold,
        help_heading = "Memory"
    )]
    pub(crate) dedup_threshold: Threshold,

    /// What it takes for that besides: `content` (it says the same) or `distance` (nothing: as in Redis's own demos, which drop
    /// corrections).
    #[arg(
        long,
        env = "AGENT_MEMORY_DEDUP_RULE",
        default_value = "content",
        value_parser = dedup_rule,
        help_heading = "Memory"
    )]
    pub(crate) dedup_rule: DedupRule,

    /// Cosine distance, 0 to 2, up to which memories are recalled where a request says nothing else.
    #[arg(
        long,
        env = "AGENT_MEMORY_RECALL_THRESHOLD",
        default_value = "0.55",
        value_parser = threshold,
        help_heading = "Memory"
    )]
    pub(crate) recall_threshold: Threshold,

    /// At start, drop the memories of all users and write the samples. Without it nothing is ever dropped.
    #[arg(
        long,
        env = "AGENT_MEMORY_RESET",
        value_parser = FalseyValueParser::new(),
        help_heading = "Memory"
    )]
    pub(crate) reset: bool,

    /// At start, do not even write the samples into an empty store.
    #[arg(long, env = "AGENT_MEMORY_NO_RESET", value_parser = FalseyValueParser::new(), help_heading = "Memory")]
    pub(crate) no_reset: bool,

    /// Folder of a sentence-embedding model, as sentence-transformers lays it out, with model.onnx or onnx/model.onnx. Without it
    /// all-MiniLM-L6-v2 comes from the model hub and is kept in its cache. `agent-memory reembed` goes over to another model.
    #[arg(long, env = "AGENT_MEMORY_MODEL_DIR", value_name = "FOLDER", help_heading = "Model")]
    pub(crate) model_dir: Option<PathBuf>,

    /// Never ask the model hub: only --model-dir or what its cache has.
    #[arg(long, env = "HF_HUB_OFFLINE", value_parser = FalseyValueParser::new(), help_heading = "Model")]
    pub(crate) offline: bool,

    /// Another address of the model hub.
    #[arg(long, env = "HF_ENDPOINT", value_name = "URL", help_heading = "Model")]
    pub(crate) hub_endpoint: Option<String>,

    /// Folder in which programs of the model hub keep their things: its folder `hub` is the cache. Without it
    /// ~/.cache/huggingface.
    #[arg(long, env = "HF_HOME", value_name = "FOLDER", help_heading = "Model")]
    pub(crate) hub_cache: Option<PathBuf>,

    /// The ONNX Runtime library, version 1.20 or newer. Without it the system's is looked for.
    #[arg(long, env = "AGENT_MEMORY_ORT_LIB", value_name = "FILE", help_heading = "Model")]
    pub(crate) ort_lib: Option<PathBuf>,

    /// How texts are embedded: exact, or fast on a processor with AVX512-BF16 or AMX, for the same store.
    #[arg(long, env = "AGENT_MEMORY_EMBEDDER", default_value = "exact", help_heading = "Model")]
    pub(crate) embedder: EmbedderForm,

    /// Inferences that run side by side. Without it as many as there are cores.
    #[arg(
        long,
        env = "AGENT_MEMORY_EMBEDDER_WORKERS",
        value_name = "N",
        value_parser = clap::value_parser!(u16).range(1..=MAX_WORKERS),
        help_heading = "Model"
    )]
    pub(crate) embedder_workers: Option<u16>,

    /// Texts that may wait to be embedded; a request beyond is answered 503. Without it 64 for each core.
    #[arg(
        long,
        env = "AGENT_MEMORY_EMBEDDER_QUEUE",
        value_name = "N",
        value_parser = clap::value_parser!(u32).range(1..),
        help_heading = "Model"
    )]
    pub(crate) embedder_queue: Option<u32>,

    /// Folder of the built front end.
    #[arg(
        long,
        env = "LEPTOS_SITE_ROOT",
        default_value = "target/site",
        value_name = "FOLDER",
        help_heading = "Server"
    )]
    pub(crate) site_dir: PathBuf,

    /// Set by `cargo leptos watch`: the page reloads itself after each build.
    #[arg(long = "leptos-watch", env = "LEPTOS_WATCH", value_parser = FalseyValueParser::new(), hide = true)]
    pub(crate) is_watched: bool,

    /// Set by `cargo leptos watch` to `reload-port` of the workspace's manifest: where the page hears of a build.
    #[arg(long = "leptos-reload-port", env = "LEPTOS_RELOAD_PORT", value_name = "PORT", hide = true)]
    pub(crate) reload_port: Option<u16>,

    /// What to log: error, warn, info, debug, trace, or directives of tracing-subscriber.
    #[arg(
        long,
        env = "AGENT_MEMORY_LOG",
        default_value = "info",
        value_name = "LEVEL",
        help_heading = "Server"
    )]
    pub(crate) log: String,

    /// How to log.
    #[arg(long, env = "AGENT_MEMORY_LOG_FORMAT", default_value = "text", help_heading = "Server")]
    pub(crate) log_format: LogFormat,
}

/// Each takes memory of its own.
const MAX_WORKERS: i64 = 256;

/// How texts are embedded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum EmbedderForm {
    /// In f32.
    Exact,
    /// In bf16, by OpenVINO.
    Fast,
}

/// Form of the log lines on standard error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// Lines for people.
    Text,
    /// JSON for programs.
    Json,
}

/// A value that must not appear in logs.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret(String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

impl From<&str> for Secret {
    fn from(value: &str) -> Self {
        Self(value.into())
    }
}

impl Secret {
    /// The value, to be used and not shown.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

pub(crate) fn threshold(text: &str) -> Result<Threshold, String> {
    let distance: f64 = text.parse().map_err(|_| "not a number".to_string())?;
    Threshold::new(distance).map_err(|error| error.problem.to_string())
}

fn dedup_rule(word: &str) -> Result<DedupRule, String> {
    word.parse().map_err(|error: agent_memory::InvalidInput| error.problem.to_string())
}

/// A number of seconds that something lives.
fn seconds(text: &str) -> Result<Seconds, String> {
    let seconds: u64 = text.parse().map_err(|_| "not a whole number of seconds".to_string())?;
    Seconds::new("seconds", seconds).map_err(|error| error.problem.to_string())
}

/// A lifetime in seconds; 0 stays.
pub(crate) fn lifetime(text: &str) -> Result<Lifetime, String> {
    let seconds: u64 = text.parse().map_err(|_| "not a whole number of seconds".to_string())?;
    Lifetime::from_ttl(Some(seconds)).map_err(|error| error.problem.to_string())
}

impl Config {
    /// Checks what a single flag cannot.
    pub(crate) fn check(&self) -> Result<(), StartError> {
        let is_loopback =
            self.host == "localhost" || self.host.parse().is_ok_and(|address: IpAddr| address.is_loopback());
        if !is_loopback && self.token().is_none() {
            return Err(StartError::NeedsToken { host: self.host.clone() });
        }
        if self.token().is_some_and(|token| !fits_a_header(token.reveal())) {
            return Err(StartError::UnfitToken);
        }
        if self.reset && self.no_reset {
            return Err(StartError::ResetOrNot);
        }
        let prefixes = [&self.session_key_prefix, &self.mem_key_prefix, &self.event_key_prefix];
        if prefixes.iter().any(|prefix| prefix.is_empty()) || self.mem_index_name.is_empty() {
            return Err(StartError::EmptyName);
        }
        Ok(())
    }

    /// The secret of all callers; an empty one is none.
    pub(crate) fn token(&self) -> Option<Secret> {
        self.token.clone().filter(|token| !token.reveal().is_empty())
    }

    /// The cache of the model hub, where it is not the usual one.
    pub(crate) fn hub_cache(&self) -> Option<PathBuf> {
        self.hub_cache.as_ref().map(|home| home.join("hub"))
    }

    /// Where people find the dashboard.
    pub(crate) fn display_address(&self) -> String {
        match self.host.contains(':') {
            true => format!("[{}]:{}", self.host, self.port),
            false => format!("{}:{}", self.host, self.port),
        }
    }

    /// The address of Redis, with the password where there is one.
    pub(crate) fn redis_address(&self) -> Secret {
        let from_parts = || Secret(format!("redis://{}:{}", self.redis_host, self.redis_port));
        self.redis_url.clone().filter(|url| !url.reveal().is_empty()).unwrap_or_else(from_parts)
    }

    /// The address of Redis for messages, without user and password.
    pub(crate) fn redis_display(&self) -> String {
        let address = self.redis_address();
        match address.reveal().split_once("://") {
            Some((scheme, rest)) => {
                let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
                format!("{scheme}://{host}")
            }
            None => "the address in --redis-url".into(),
        }
    }

    /// How ONNX Runtime is found and used.
    pub(crate) fn runtime_options(&self) -> RuntimeOptions {
        let usual = RuntimeOptions::default();
        RuntimeOptions {
            library: self.ort_lib.clone(),
            form: match self.embedder {
                EmbedderForm::Exact => Form::Exact,
                EmbedderForm::Fast => Form::Fast,
            },
            workers: self.embedder_workers.map_or(usual.workers, usize::from),
            queue: self.embedder_queue.map_or(usual.queue, |texts| texts as usize),
            ..usual
        }
    }

    /// The library's part of the settings.
    pub(crate) fn settings(&self) -> Settings {
        Settings {
            keys: Keys {
                session_prefix: self.session_key_prefix.clone(),
                memory_prefix: self.mem_key_prefix.clone(),
                event_prefix: self.event_key_prefix.clone(),
                memory_index: self.mem_index_name.clone(),
            },
            session_ttl_seconds: self.session_ttl_seconds,
            dedup_threshold: self.dedup_threshold,
            dedup_rule: self.dedup_rule,
            recall_threshold: self.recall_threshold,
            ..Settings::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    fn parsed(arguments: &[&str]) -> Config {
        Config::parse_from([&["agent-memory"], arguments].concat())
    }

    #[test]
    fn the_flags_are_consistent() {
        Config::command().debug_assert();
    }

    /// The flags as a table for the README.
    fn flags_table() -> String {
        let mut table = String::from("| flag | environment | default | what |\n|---|---|---|---|\n");
        let command = Config::command();
        let is_told = |argument: &&clap::Arg| argument.get_env().is_some() && !argument.is_hide_set();
        for argument in command.get_arguments().filter(is_told) {
            let flag = argument.get_long().unwrap_or_default();
            let env = argument.get_env().unwrap_or_default().to_string_lossy();
            let takes_value = argument.get_num_args().is_none_or(|count| count.takes_values());
            let default: Vec<_> =
                argument.get_default_values().iter().map(|value| value.to_string_lossy()).collect();
            let default = if takes_value && !default.is_empty() {
                format!("`{}`", default.join(","))
            } else {
                String::new()
            };
            let what = argument.get_help().map(ToString::to_string).unwrap_or_default();
            table += &format!("| `--{flag}` | `{env}` | {default} | {} |\n", what.replace('|', "\\|"));
        }
        table
    }

    #[test]
    fn the_readme_lists_exactly_these_flags() {
        let readme = include_str!("../../README.md");
        let table = flags_table();
        assert!(readme.contains(&table), "the README should have this table:\n{table}");
    }

    #[test]
    fn without_flags_the_settings_are_those_of_the_library() {
        assert_eq!(parsed(&[]).settings(), Settings::default());
    }

    #[test]
    fn the_cache_of_the_hub_lies_where_its_other_programs_have_it() {
        assert_eq!(parsed(&["--hub-cache", "/srv/hf"]).hub_cache(), Some(PathBuf::from("/srv/hf/hub")));
        assert_eq!(parsed(&[]).hub_cache(), None);
    }

    #[test]
    fn without_flags_the_embedder_is_as_the_library_has_it() {
        assert_eq!(parsed(&[]).runtime_options(), RuntimeOptions::default());
        let fast = parsed(&["--embedder", "fast", "--embedder-workers", "3", "--embedder-queue", "7"]);
        let options = fast.runtime_options();
        assert_eq!((options.form, options.workers, options.queue), (Form::Fast, 3, 7));
        for flag in ["--embedder-workers", "--embedder-queue"] {
            assert!(Config::try_parse_from(["agent-memory", flag, "0"]).is_err(), "{flag}");
        }
    }

    #[test]
    fn a_password_is_in_no_message() {
        let config = parsed(&["--redis-url", "redis://user:p@ss@example:7000/2", "--token", "t0ken"]);
        assert_eq!(config.redis_display(), "redis://example:7000/2");
        let printed = format!("{config:?}");
        assert!(!printed.contains("p@ss") && !printed.contains("t0ken"), "{printed}");
    }

    #[test]
    fn only_loopback_goes_without_a_token() {
        for host in ["127.0.0.1", "::1", "localhost"] {
            assert!(parsed(&["--host", host]).check().is_ok(), "{host}");
        }
        for host in ["0.0.0.0", "::", "192.0.2.1", "example.com"] {
            assert!(parsed(&["--host", host]).check().is_err(), "{host}");
            assert!(parsed(&["--host", host, "--token", "t"]).check().is_ok(), "{host}");
        }
    }

    #[test]
    fn thresholds_beyond_the_scale_are_refused() {
        for value in ["-0.1", "2.1", "NaN", "near"] {
            assert!(
                Config::try_parse_from(["agent-memory", "--recall-threshold", value]).is_err(),
                "{value}"
            );
        }
    }
}
