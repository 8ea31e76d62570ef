//! Looking at a Redis without changing anything: is it fit for this memory, and if not, what helps.

use redis::{Client, RedisError, Value, aio::MultiplexedConnection};

use super::{
    connection, index,
    model::{self, ModelRecord, Placed},
    reply,
};
use crate::{Result, embedder::ModelIdentity, keys::Keys};

/// How a part is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// As it should be.
    Good,
    /// It works, but somebody should know.
    Doubtful,
    /// The memory cannot work.
    Broken,
}

/// What was looked at, how it is, and what helps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The part.
    pub part: &'static str,
    /// How it is.
    pub verdict: Verdict,
    /// What was seen.
    pub seen: String,
    /// What mends it; empty where nothing has to be mended.
    pub mend: String,
}

/// The state of a Redis, part by part. A part that cannot be looked at for another one's sake is left out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Checkup {
    /// The findings, in the order in which they were made.
    pub findings: Vec<Finding>,
}

impl Checkup {
    /// Looks at the Redis at this address, with at most a few seconds for each part, for one who embeds with this model. Nothing
    /// is created or changed.
    pub async fn of(url: &str, keys: &Keys, model: Option<&ModelIdentity>) -> Self {
        let mut checkup = Self::default();
        match connect(url).await {
            Ok(connection) => Patient { connection, keys: keys.clone(), model, checkup: &mut checkup }.examine().await,
            Err(error) => checkup.add(
                "redis",
                Verdict::Broken,
                said(error),
                "start Redis, or point `--redis-url` (or `--redis-host` and `--redis-port`) to it, with the right user and password",
            ),
        }
        checkup
    }

    fn add(&mut self, part: &'static str, verdict: Verdict, seen: String, mend: &str) {
        self.findings.push(Finding { part, verdict, seen, mend: mend.into() });
    }
}

async fn connect(url: &str) -> Result<MultiplexedConnection, RedisError> {
    let client = Client::open(connection::connection_info(url)?)?;
    let config = redis::AsyncConnectionConfig::new()
        .set_connection_timeout(Some(connection::CONNECT_TIMEOUT))
        .set_response_timeout(Some(connection::RESPONSE_TIMEOUT));
    let mut connection = client.get_multiplexed_async_connection_with_config(&config).await?;
    redis::cmd("PING").query_async::<()>(&mut connection).await?;
    Ok(connection)
}

/// The whole chain of causes: the outermost says the least.
fn said(error: RedisError) -> String {
    match reply::failed("connect", error) {
        crate::Error::Unavailable { source, .. } => source.to_string(),
        other => other.to_string(),
    }
}

struct Patient<'a> {
    connection: MultiplexedConnection,
    keys: Keys,
    model: Option<&'a ModelIdentity>,
    checkup: &'a mut Checkup,
}

impl Patient<'_> {
    async fn examine(&mut self) {
        let info = self.ask(redis::cmd("INFO")).await.ok().as_ref().and_then(reply::text).unwrap_or_default();
        let version = entry(&info, "redis_version").unwrap_or("unknown");
        self.checkup.add("redis", Verdict::Good, format!("version {version} answers"), "");
        self.examine_role(&info);
        self.examine_memory(&info);
        self.examine_persistence(&info);
        if self.examine_modules().await {
            self.examine_index().await;
        }
    }

    fn examine_role(&mut self, info: &str) {
        if entry(info, "role") == Some("slave") {
            let seen = "it is a replica, which takes no writes".to_string();
            self.checkup.add("role", Verdict::Broken, seen, "point `--redis-url` to the primary");
        }
    }

    fn examine_memory(&mut self, info: &str) {
        let policy = entry(info, "maxmemory_policy").unwrap_or("noeviction");
        if entry(info, "maxmemory").is_some_and(|limit| limit != "0") && policy != "noeviction" {
            let seen =
                format!("when its memory is full, Redis drops keys by `{policy}`, memories among them");
            let mend = "give it more `maxmemory`, or set `maxmemory-policy noeviction`";
            self.checkup.add("eviction", Verdict::Doubtful, seen, mend);
        }
    }

    fn examine_persistence(&mut self, info: &str) {
        let has_file = entry(info, "aof_enabled") == Some("1");
        match has_file {
            true => self.checkup.add("persistence", Verdict::Good, "the append-only file is on".into(), ""),
            false => self.checkup.add(
                "persistence",
                Verdict::Doubtful,
                "the append-only file is off: a crash loses what was written since the last snapshot".into(),
                "set `appendonly yes` where memories have to outlive a crash",
            ),
        }
    }

    async fn examine_modules(&mut self) -> bool {
        let list = self.ask(index::list_modules()).await;
        let checked = list.map_err(|error| reply::failed("list modules", error));
        match checked.and_then(|list| index::check_modules(&list)) {
            Ok(()) => {
                self.checkup.add("modules", Verdict::Good, "Search and JSON are there".into(), "");
                true
            }
            Err(error) => {
                let mend = "use Redis 8, Redis Stack 7.4, or `make run`, which brings one";
                self.checkup.add("modules", Verdict::Broken, error.to_string(), mend);
                false
            }
        }
    }

    async fn examine_index(&mut self) {
        let record = self.record().await;
        let (place, written_by) = (record.current.place, record.current.model);
        let name = place.index.clone();
        let info = match self.ask(index::info(&name)).await {
            Ok(info) => index::parse_info(info),
            Err(error) if reply::says_index_is_missing(&error) => {
                let seen = format!("`{name}` is not there yet: the first start creates it");
                return self.checkup.add("index", Verdict::Good, seen, "");
            }
            Err(error) => {
                let seen = reply::failed("read index", error).to_string();
                return self.checkup.add("index", Verdict::Broken, seen, "allow this user FT.INFO");
            }
        };
        if let Err(error) = index::check_memory_index(&info, &self.keys, &place) {
            let mend = "choose another name with `--mem-index-name` and `--mem-key-prefix`, or drop it with FT.DROPINDEX: \
                        the next start creates it again over the same documents";
            return self.checkup.add("index", Verdict::Broken, error.to_string(), mend);
        }
        let seen = format!("`{name}` has the right schema and {} memories", info.num_docs);
        self.checkup.add("index", Verdict::Good, seen, "");
        if self.model.is_some_and(|model| !model.is(&written_by)) && info.num_docs > 0 {
            let seen = format!("the memories were embedded by `{}`, which is another model", written_by.name);
            let mend = "run `agent-memory reembed`, or name the folder of that model by `--model-dir`";
            self.checkup.add("vectors", Verdict::Broken, seen, mend);
        }
        if info.indexing_failures > 0 {
            let seen =
                format!("{} documents could not be indexed and are never recalled", info.indexing_failures);
            let mend = "look at `FT.INFO`, `last indexing error`: mostly a vector of another model";
            self.checkup.add("documents", Verdict::Doubtful, seen, mend);
        }
    }

    /// What the store says of its models; names of its own where the model has some.
    async fn record(&mut self) -> ModelRecord {
        let record = self.read_record().await;
        let Some(model) = self.model.filter(|model| !record.current.model.is(model)) else { return record };
        let own = self.keys.of_model(model);
        if own == self.keys {
            return record;
        }
        self.keys = own;
        let own = self.read_record().await;
        match own.current.model.is(model) {
            true => own,
            // Nothing is there yet.
            false => ModelRecord { current: Placed::first(model, &self.keys, String::new()), previous: None },
        }
    }

    async fn read_record(&mut self) -> ModelRecord {
        let fields = self.ask(model::read_record(&self.keys)).await.map(reply::fields);
        ModelRecord::read(&fields.unwrap_or_default(), &self.keys)
    }

    async fn ask(&mut self, command: redis::Cmd) -> Result<Value, RedisError> {
        command.query_async(&mut self.connection).await
    }
}

/// The value of a line `name:value` of INFO.
fn entry<'a>(info: &'a str, name: &str) -> Option<&'a str> {
    info.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_of_info_is_found_by_its_whole_name() {
        let info = "# Memory\r\nmaxmemory_human:0B\r\nmaxmemory:0\r\nrole:master\r\n";
        assert_eq!(entry(info, "maxmemory"), Some("0"));
        assert_eq!(entry(info, "role"), Some("master"));
        assert_eq!(entry(info, "max"), None);
    }
}
