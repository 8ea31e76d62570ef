//! One connection to Redis for many tasks: pipelines in, replies out, and what is missing put back.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use redis::{
    Client, Cmd, ConnectionInfo, IntoConnectionInfo, Pipeline, ProtocolVersion, PushInfo, RedisError, Value,
    aio::{ConnectionManager, ConnectionManagerConfig, MultiplexedConnection},
};

use tokio::sync::mpsc::UnboundedSender;

use super::{
    frequencies::{Counts, KnownFrequencies},
    index,
    model::{Place, Placed},
    policy::{KnownSizes, Policy, Searched, Sizes},
    query::MemoryQuery,
    reply,
    request::Request,
    scripts,
};
use crate::{
    Result, embedder::ModelIdentity, filter::MemoryFilter, keys::Keys, ranking::Frequencies, scope::Scope,
};

/// Longest wait for a connection. A local Redis connects in microseconds, one across a continent in 0.3 s.
pub(super) const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// Longest wait for the replies to one pipeline; searching 100,000 memories takes milliseconds.
pub(super) const RESPONSE_TIMEOUT: Duration = Duration::from_secs(5);

/// A connection to Redis with Search and JSON, shared by the three stores.
///
/// Cheap to clone; clones share one socket, over which concurrent calls are pipelined. When the socket breaks, calls
/// fail with [`crate::Error::Unavailable`] until Redis answers again; then they succeed without further ado.
#[derive(Clone)]
pub struct Store {
    connection: ConnectionManager,
    client: Client,
    keys: Arc<Keys>,
    /// Whose vectors it holds, and where they lie.
    placed: Arc<Placed>,
    /// Whether that is what the store says, and not what it is on its way to.
    is_said: bool,
    redis_version: Arc<str>,
    /// False from a break of the connection until the indexes are known to be complete again.
    is_settled: Arc<AtomicBool>,
    settling: Arc<tokio::sync::Mutex<()>>,
    sizes: Arc<KnownSizes>,
    frequencies: Arc<KnownFrequencies>,
    /// True while the memory index is being extended, and for good once Redis refused that.
    is_extending: Arc<AtomicBool>,
}

impl Store {
    /// Connects, checks that Redis has Search and JSON, and creates or checks the indexes.
    ///
    /// `url` is `redis://[user:password@]host:port[/database]`, or `rediss://` for TLS where the application chose a
    /// TLS feature of the `redis` crate.
    ///
    /// # Errors
    /// [`crate::Error::Unavailable`] where nothing answers, [`crate::Error::Refused`] for a wrong password or missing modules,
    /// [`crate::Error::Index`] where an index of that name has another schema.
    pub async fn connect(url: &str, keys: Keys) -> Result<Self> {
        Self::open(url, keys, None).await
    }

    /// The same for one who embeds with this model. Where nobody chose names, a model with other dimensions than 384 has its own
    /// ([`Keys::of_model`]), unless the store went over to it. A store without memories becomes the model's.
    ///
    /// # Errors
    /// [`crate::Error::OtherModel`] where the memories were embedded by another one; otherwise as [`Store::connect`].
    pub async fn connect_with(url: &str, keys: Keys, model: &ModelIdentity) -> Result<Self> {
        Self::open(url, keys, Some(model)).await
    }

    async fn open(url: &str, keys: Keys, model: Option<&ModelIdentity>) -> Result<Self> {
        const ATTEMPT: &str = "connect";
        let info = connection_info(url).map_err(|error| reply::failed(ATTEMPT, error))?;
        let client = Client::open(info).map_err(|error| reply::failed(ATTEMPT, error))?;
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(CONNECT_TIMEOUT))
            .set_response_timeout(Some(RESPONSE_TIMEOUT))
            // Requests must fail in bounded time, not wait for Redis to come back.
            .set_number_of_retries(1);
        let connection = client
            .get_connection_manager_with_config(config)
            .await
            .map_err(|error| reply::failed(ATTEMPT, error))?;
        let unsaid = Placed::first(&ModelIdentity::default(), &keys, String::new());
        let mut store = Self {
            connection,
            client,
            keys: Arc::new(keys),
            placed: Arc::new(unsaid),
            is_said: true,
            redis_version: "".into(),
            is_settled: Arc::new(AtomicBool::new(true)),
            settling: Arc::default(),
            sizes: Arc::default(),
            frequencies: Arc::default(),
            is_extending: Arc::default(),
        };
        let modules = Request::one(index::list_modules(), |list| index::check_modules(&list));
        store.run("list modules", modules).await?;
        let version = Request::one(index::server_info(), |info| Ok(index::redis_version(&info)));
        store.redis_version = store.run("ask for the version", version).await?.into();
        let (keys, placed) = store.found_place(model).await?;
        (store.keys, store.placed) = (Arc::new(keys), Arc::new(placed));
        store.ensure_indexes().await?;
        // A Redis that never saw us has lost nothing. Where this fails, the first call that needs a script tells why.
        if let Err(error) = store.restore_scripts().await {
            tracing::debug!(%error, "scripts were not loaded ahead");
        }
        Ok(store)
    }

    /// The version of Redis when it was connected to, such as `7.4.1`.
    #[must_use]
    pub fn redis_version(&self) -> &str {
        &self.redis_version
    }

    /// Names of keys and indexes.
    #[must_use]
    pub fn keys(&self) -> &Keys {
        &self.keys
    }

    /// Where the vectors lie.
    pub(crate) fn place(&self) -> &Place {
        &self.placed.place
    }

    /// The same store with vectors that lie elsewhere, where nobody looks yet.
    pub(crate) fn at(&self, placed: Placed) -> Self {
        let (sizes, is_extending) = (Arc::default(), Arc::default());
        Self { placed: Arc::new(placed), is_said: false, sizes, is_extending, ..self.clone() }
    }

    /// Asks Redis for a sign of life.
    ///
    /// # Errors
    /// [`crate::Error::Unavailable`] where none comes.
    pub async fn ping(&self) -> Result<()> {
        self.run("ping", Request::one(redis::cmd("PING"), |_| Ok(()))).await
    }

    /// How to look for the `k` nearest that a filter accepts. Where its size is not known lately, that is asked for
    /// meanwhile, without anybody waiting for it. What a filter leaves of a scope beyond its kind is mostly little, which
    /// the engine itself handles best.
    pub(super) fn policy(&self, scope: &Scope, filter: &MemoryFilter, k: usize) -> Policy {
        if *filter != MemoryFilter::of_kind(filter.kind) {
            return Policy::Engine;
        }
        let searched = (scope.clone(), filter.kind);
        let (policy, is_due) = self.sizes.policy(&searched, k, Instant::now());
        if is_due {
            let store = self.clone();
            tokio::spawn(async move { store.learn_sizes(searched).await });
        }
        policy
    }

    /// What is known of how common words are among what a filter accepts; nothing where it asks for more than a kind.
    pub(super) fn known_frequencies(&self, scope: &Scope, filter: &MemoryFilter, words: &[String]) -> Counts {
        match *filter == MemoryFilter::of_kind(filter.kind) {
            true => {
                let searched = (scope.clone(), filter.kind);
                let size = self.sizes.of(&searched).map(|sizes| sizes.scope);
                self.frequencies.of(&searched, size, words, Instant::now())
            }
            false => Counts { total: None, shares: vec![None; words.len()] },
        }
    }

    /// Keeps how common words are.
    pub(super) fn keep_frequencies(
        &self,
        scope: &Scope,
        filter: &MemoryFilter,
        frequencies: &Frequencies,
        words: &[(String, u64)],
    ) {
        if words.is_empty() {
            return;
        }
        let total = frequencies.total;
        if *filter == MemoryFilter::of_kind(filter.kind) {
            self.frequencies.keep((scope.clone(), filter.kind), total, words, Instant::now());
        }
    }

    async fn learn_sizes(&self, searched: Searched) {
        let (index, filter) = (&self.placed.place.index, MemoryFilter::of_kind(searched.1));
        let count = |command| Request::one(command, |reply| Ok(reply::total(&reply)));
        let in_scope =
            MemoryQuery { fields: &[], ..MemoryQuery::new((index, &self.keys), &searched.0, &filter) };
        let mut all = redis::cmd("FT.SEARCH");
        all.arg(index).arg("*").arg(&["LIMIT", "0", "0", "DIALECT", "2"]);
        match self.run("count memories", count(in_scope.command()).and(count(all))).await {
            Ok((scope, index)) => self.sizes.keep(searched, Sizes { scope, index }, Instant::now()),
            // The search that asked for it tells the same where it matters.
            Err(error) => tracing::debug!(%error, "the size of a scope is not known"),
        }
    }

    /// A connection of its own for a blocking read, without response timeout.
    pub(super) async fn dedicated(&self) -> Result<MultiplexedConnection> {
        let config = redis::AsyncConnectionConfig::new()
            .set_connection_timeout(Some(CONNECT_TIMEOUT))
            .set_response_timeout(None);
        self.client
            .get_multiplexed_async_connection_with_config(&config)
            .await
            .map_err(|error| reply::failed("connect", error))
    }

    /// A connection of its own on which Redis sends what it has to tell.
    pub(super) async fn told_of_changes(
        &self,
        sender: UnboundedSender<PushInfo>,
    ) -> Result<MultiplexedConnection> {
        let failed = |error| reply::failed("connect", error);
        let info = self.client.get_connection_info().clone();
        let redis = info.redis_settings().clone().set_protocol(ProtocolVersion::RESP3);
        let client = Client::open(info.set_redis_settings(redis)).map_err(failed)?;
        let config = redis::AsyncConnectionConfig::new()
            .set_connection_timeout(Some(CONNECT_TIMEOUT))
            .set_response_timeout(Some(RESPONSE_TIMEOUT))
            .set_push_sender(sender);
        client.get_multiplexed_async_connection_with_config(&config).await.map_err(failed)
    }

    /// Runs a request in one round trip, whatever it is made of; fails with the first error among the replies.
    ///
    /// Commands that failed only because Redis lost the scripts or somebody dropped an index are run again once these
    /// are back. What failed with the connection is not run again: nobody knows whether it was carried out.
    pub(crate) async fn run<'a, T: 'a>(&self, attempt: &'static str, request: Request<'a, T>) -> Result<T> {
        let (commands, read) = request.into_parts();
        let replies = if commands.is_empty() { Vec::new() } else { self.all(attempt, commands).await? };
        read(replies)
    }

    async fn all(&self, attempt: &'static str, commands: Vec<Cmd>) -> Result<Vec<Value>> {
        self.settle(attempt).await?;
        let mut replies = self.send(attempt, &commands).await?;
        for missing in [Missing::Scripts, Missing::Index] {
            let failed: Vec<usize> =
                (0..replies.len()).filter(|&at| missing.explains(&replies[at])).collect();
            if failed.is_empty() {
                continue;
            }
            self.restore(missing).await?;
            let again: Vec<Cmd> = failed.iter().map(|&at| commands[at].clone()).collect();
            for (at, reply) in failed.into_iter().zip(self.send(attempt, &again).await?) {
                replies[at] = reply;
            }
        }
        replies.into_iter().map(|reply| reply.map_err(|error| reply::failed(attempt, error))).collect()
    }

    async fn send(&self, attempt: &'static str, commands: &[Cmd]) -> Result<Vec<Result<Value, RedisError>>> {
        let mut pipeline = Pipeline::with_capacity(commands.len());
        for command in commands {
            pipeline.add_command(command.clone());
        }
        let sent = pipeline.ignore_errors().query_async(&mut self.connection.clone()).await;
        let replies: Vec<Result<Value, RedisError>> = sent.map_err(|error| {
            self.is_settled.store(false, Ordering::Release);
            reply::failed(attempt, error)
        })?;
        if replies.iter().any(|reply| reply.as_ref().is_err_and(reply::says_it_is_loading)) {
            self.is_settled.store(false, Ordering::Release);
        }
        Ok(replies)
    }

    /// After the connection broke, Redis may have been started anew and still be reading its documents into the index, which
    /// would look empty: waits until it has, once for everybody.
    async fn settle(&self, attempt: &'static str) -> Result<()> {
        if self.is_settled.load(Ordering::Acquire) {
            return Ok(());
        }
        let _one_at_a_time = self.settling.lock().await;
        if self.is_settled.load(Ordering::Acquire) {
            return Ok(());
        }
        for name in [self.placed.place.index.clone(), self.keys.thread_index()] {
            match self.wait_until_indexed(&name).await {
                Ok(()) => {}
                // Somebody dropped it: whoever needs it puts it back.
                Err(error) if reply::says_index_is_missing(&error) => {}
                Err(error) => return Err(reply::failed(attempt, error)),
            }
        }
        self.is_settled.store(true, Ordering::Release);
        Ok(())
    }

    async fn restore(&self, missing: Missing) -> Result<()> {
        tracing::warn!(?missing, "Redis lost something of ours, putting it back");
        match missing {
            Missing::Scripts => self.restore_scripts().await,
            Missing::Index => {
                self.ensure_indexes().await?;
                if self.is_said { self.say_again(&self.placed).await } else { Ok(()) }
            }
        }
    }

    async fn restore_scripts(&self) -> Result<()> {
        let mut connection = self.connection.clone();
        let loaded = scripts::load_all().query_async(&mut connection).await;
        loaded.map_err(|error| reply::failed("load scripts", error))
    }

    /// Creates the indexes where they are missing, checks them where they are not, and waits until Redis has read the
    /// documents that were there before.
    pub(crate) async fn ensure_indexes(&self) -> Result<()> {
        let (keys, place) = (&self.keys, &self.placed.place);
        let schemas = [
            (index::create_memory_index(keys, place), place.index.clone()),
            (index::create_thread_index(keys), keys.thread_index()),
        ];
        for (create, name) in schemas {
            match self.raw("create index", create).await {
                Ok(_) => {}
                // Somebody else may have created it just now, over documents that Redis is still reading.
                Err(error) if reply::says_index_exists(&error) => {}
                Err(error) => return Err(reply::failed("create index", error)),
            }
            self.indexed(&name).await?;
        }
        // Refused where nothing is lacking; whatever else is wrong shows when the index is used.
        if self.raw("complete index", index::complete_thread_index(keys)).await.is_ok() {
            self.indexed(&keys.thread_index()).await?;
        }
        let info = self.raw("read index", index::info(&place.index)).await;
        let info = index::parse_info(info.map_err(|error| reply::failed("read index", error))?);
        index::check_memory_index(&info, keys, place)?;
        self.extend_index(&info).await
    }

    /// Adds to the memory index what ours has beyond that of other programs. Where Redis refuses, everything works on, less
    /// well: superseded memories take places among the nearest, and versions of one thing are not found from one another.
    pub(crate) async fn extend_index(&self, info: &index::Info) -> Result<()> {
        let Some(command) = index::complete_memory_index(info, &self.placed.place) else { return Ok(()) };
        if self.is_extending.swap(true, Ordering::AcqRel) {
            return Ok(());
        }
        let done = match self.raw("complete index", command).await {
            Ok(_) => self.indexed(&self.placed.place.index).await,
            // Somebody else was quicker.
            Err(error) if reply::says_is_duplicate(&error) => Ok(()),
            // Told once: every look would ask again.
            Err(error) if error.code().is_some() => {
                tracing::warn!(%error, index = self.placed.place.index, "could not be completed");
                return Ok(());
            }
            Err(error) => Err(reply::failed("complete index", error)),
        };
        self.is_extending.store(false, Ordering::Release);
        done
    }

    async fn indexed(&self, name: &str) -> Result<()> {
        self.wait_until_indexed(name).await.map_err(|error| reply::failed("read index", error))
    }

    /// Waits until Redis has read all documents into an index, for a bounded time: an index over many takes minutes.
    async fn wait_until_indexed(&self, name: &str) -> Result<(), RedisError> {
        const POLLS: u32 = 150;
        const PAUSE: Duration = Duration::from_millis(20);
        for _ in 0..POLLS {
            if index::parse_info(self.raw("read index", index::info(name)).await?).is_complete {
                return Ok(());
            }
            tokio::time::sleep(PAUSE).await;
        }
        tracing::warn!(index = name, "still being built: recall misses some memories until it is done");
        Ok(())
    }

    /// One command as it is, nothing put back: what `ensure_indexes` itself is made of.
    pub(super) async fn raw(&self, attempt: &'static str, command: Cmd) -> Result<Value, RedisError> {
        tracing::trace!(attempt);
        command.query_async(&mut self.connection.clone()).await
    }
}

/// What somebody else's FLUSHALL, SCRIPT FLUSH, FT.DROPINDEX or a restart without persistence takes away.
#[derive(Debug, Clone, Copy)]
enum Missing {
    Scripts,
    Index,
}

impl Missing {
    fn explains(self, reply: &Result<Value, RedisError>) -> bool {
        let Err(error) = reply else { return false };
        match self {
            Self::Scripts => reply::says_script_is_missing(error),
            Self::Index => reply::says_index_is_missing(error),
        }
    }
}

pub(super) fn connection_info(url: &str) -> Result<ConnectionInfo, RedisError> {
    let info = url.into_connection_info()?;
    // Search replies have another shape in RESP3, and small pipelines must not wait for Nagle's algorithm.
    let redis = info.redis_settings().clone().set_protocol(ProtocolVersion::RESP2);
    let tcp = info.tcp_settings().clone().set_nodelay(true);
    Ok(info.set_redis_settings(redis).set_tcp_settings(tcp))
}
