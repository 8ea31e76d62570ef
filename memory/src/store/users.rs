//! Users: who there are, and forgetting one.
//!
//! Forgetting walks the keys of each family and hands them to a script in batches. No batch is large, so Redis answers others in
//! between; and each key is looked at by itself, so what the index does not know is found too.

use std::collections::{BTreeMap, HashMap};

use redis::{Cmd, Value};

use super::{Store, reply, request::Request, scan::KeyScan, scripts};
use crate::{
    Result, input,
    keys::Keys,
    scope::DEFAULT_NAME,
    users::{Receipt, UNREACHED_NAMED, USERS_MAX, UserSummary},
};

/// Keys that one call of the script looks at, at most. Redis answers nobody else meanwhile, and a memory that leaves the index
/// takes it some 0.1 ms.
const BATCH: usize = 50;

/// The store of users. Needs no model. Cheap to clone.
#[derive(Clone)]
pub struct Users {
    store: Store,
}

impl Users {
    /// The store on this connection.
    #[must_use]
    pub fn new(store: Store) -> Self {
        Self { store }
    }

    /// Everybody who has a memory or a thread, by user and namespace, at most [`USERS_MAX`]. Memories that the index cannot read
    /// are not counted. Redis reads each record, 1 to 3 µs.
    ///
    /// # Errors
    /// [`crate::Error::Unavailable`] or [`crate::Error::Refused`] where Redis cannot answer.
    pub async fn list(&self) -> Result<Vec<UserSummary>> {
        let keys = self.store.keys();
        let memories = groups_request(&self.store.place().index);
        let threads = groups_request(&keys.thread_index());
        let (memories, threads) = self.store.run("list users", memories.and(threads)).await?;
        Ok(merged(memories, threads))
    }

    /// Forgets a user in one namespace, or in all of them where it is `None`: memories (also superseded ones, those that can be
    /// brought back, and those that the index cannot read), threads, events, answers kept for repeated requests, what waits
    /// in the inbox, and judged queries with profiles. Names are compared to the letter. A dry run only counts.
    ///
    /// Each step is atomic and short, the whole is neither: what the user writes meanwhile may stay, and after an error some is
    /// gone already. Call again then; what is gone is not counted again.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] for a name that is empty, too long, or has a control character;
    /// [`crate::Error::Unavailable`] or [`crate::Error::Refused`] where Redis cannot answer.
    pub async fn forget(&self, user: &str, namespace: Option<&str>, is_dry_run: bool) -> Result<Receipt> {
        let checked = |field, value: &str| {
            let name = value.trim_matches(' ').to_owned();
            input::name(field, &name).map(|()| name)
        };
        let mut receipt = Receipt {
            user: checked("user", user)?,
            namespace: namespace.map(|namespace| checked("namespace", namespace)).transpose()?,
            dry_run: is_dry_run,
            ..Receipt::default()
        };
        for family in Family::IN_ORDER {
            self.forget_family(family, &mut receipt).await?;
        }
        Ok(receipt)
    }

    async fn forget_family(&self, family: Family, receipt: &mut Receipt) -> Result<()> {
        let keys = self.store.keys();
        let prefix = family.prefix(keys);
        let longer = Family::IN_ORDER.map(|other| other.prefix(keys));
        let mut scan = KeyScan::of(&self.store, &prefix);
        while let Some(mut found) = scan.next(ATTEMPT).await? {
            // One family may lie below the prefix of another one.
            found.retain(|key| {
                !longer.iter().any(|other| other.len() > prefix.len() && key.starts_with(other))
            });
            for batch in found.chunks(BATCH) {
                self.forget_batch(family, batch, receipt).await?;
            }
        }
        Ok(())
    }

    async fn forget_batch(&self, family: Family, batch: &[String], receipt: &mut Receipt) -> Result<()> {
        let (mut rest, mut position) = (batch, String::from(BEGINNING));
        while !rest.is_empty() {
            let command = self.command(family, rest, receipt, &position);
            let told = self.store.run(ATTEMPT, Request::one(command, told)).await?;
            add(receipt, &told);
            if told.done == 0 && told.position == position {
                return Err(reply::nonsense(ATTEMPT));
            }
            rest = rest.get(told.done..).unwrap_or_default();
            position = told.position;
        }
        Ok(())
    }

    fn command(&self, family: Family, batch: &[String], receipt: &Receipt, position: &str) -> Cmd {
        let keys = self.store.keys();
        let session_of = |key: &str| {
            let thread = key.strip_prefix(&keys.event_prefix).unwrap_or_default();
            format!("{}{thread}", keys.session_prefix)
        };
        let mut command = match family {
            Family::Events => {
                let both = batch.iter().flat_map(|key| [key.clone(), session_of(key)]);
                scripts::call(&scripts::FORGET_USER, &both.collect::<Vec<_>>())
            }
            _ => scripts::call(&scripts::FORGET_USER, batch),
        };
        command.arg(family.word()).arg(&receipt.user).arg(receipt.namespace.as_deref().unwrap_or_default());
        command.arg(if receipt.dry_run { "1" } else { "0" }).arg(position);
        command.arg(&self.store.place().field).arg(self.store.place().dimensions);
        command
    }
}

const ATTEMPT: &str = "forget a user";

/// Where the script begins to read a stream.
const BEGINNING: &str = "-";

/// What of a user there may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    Events,
    Sessions,
    Undo,
    Aside,
    Reviews,
    Judgements,
    Memories,
    Answers,
}

impl Family {
    /// Sessions come after the events that are theirs because the session is, and what could bring memories back before them.
    const IN_ORDER: [Self; 8] = [
        Self::Events,
        Self::Sessions,
        Self::Undo,
        Self::Aside,
        Self::Reviews,
        Self::Judgements,
        Self::Memories,
        Self::Answers,
    ];

    /// As the script knows it.
    fn word(self) -> &'static str {
        match self {
            Self::Events => "events",
            Self::Sessions => "sessions",
            Self::Undo => "undo",
            Self::Aside => "aside",
            Self::Reviews => "reviews",
            Self::Judgements => "judgements",
            Self::Memories => "memories",
            Self::Answers => "answers",
        }
    }

    fn prefix(self, keys: &Keys) -> String {
        match self {
            Self::Events => keys.event_prefix.clone(),
            Self::Sessions => keys.session_prefix.clone(),
            Self::Undo => keys.undo(""),
            Self::Aside => format!("{}:aside:", keys.memory_index),
            Self::Reviews => keys.review(""),
            Self::Judgements => keys.judgements(""),
            Self::Memories => keys.memory_prefix.clone(),
            Self::Answers => keys.idempotency(""),
        }
    }
}

/// What a call of the script did.
#[derive(Debug, Default, PartialEq)]
struct Told {
    counts: HashMap<String, String>,
    unreached: Vec<String>,
    /// Keys that are done.
    done: usize,
    /// Where the next one is to be read on.
    position: String,
}

fn told(answer: Value) -> Result<Told> {
    let Ok([counts, unreached, done, position]) = <[Value; 4]>::try_from(reply::elements(answer)) else {
        return Err(reply::nonsense(ATTEMPT));
    };
    Ok(Told {
        counts: reply::fields(counts),
        unreached: reply::elements(unreached).iter().filter_map(reply::text).collect(),
        done: usize::try_from(reply::integer(&done)).unwrap_or_default(),
        position: reply::text(&position).unwrap_or_default(),
    })
}

fn add(receipt: &mut Receipt, told: &Told) {
    let count = |name: &str| told.counts.get(name).and_then(|count| count.parse::<u64>().ok()).unwrap_or(0);
    receipt.memories += count("memories");
    receipt.superseded += count("superseded");
    receipt.unreadable += count("unreadable");
    receipt.set_aside += count("set_aside");
    receipt.threads += count("threads");
    receipt.events += count("events");
    receipt.answers += count("answers");
    receipt.reviews += count("reviews");
    receipt.judgements += count("judgements");
    receipt.undo += count("undo");
    receipt.ownerless += count("ownerless");
    receipt.unreached += told.unreached.len() as u64;
    let room = UNREACHED_NAMED.saturating_sub(receipt.unreached_keys.len());
    receipt.unreached_keys.extend(told.unreached.iter().take(room).cloned());
}

/// User, namespace and how many, as Redis tells them.
type Groups = Vec<(Option<String>, Option<String>, u64)>;

/// How many records of an index each user has in each namespace. Loaded values are exact, where tags fold case.
fn groups_request(index: &str) -> Request<'static, Groups> {
    // Redis Search gives what it has when its time is over, and does not say so: time enough for a million records.
    const MILLISECONDS: usize = 4000;
    let mut command = redis::cmd("FT.AGGREGATE");
    command.arg(index).arg(&["*", "LOAD", "2", "@user", "@namespace", "TIMEOUT"]).arg(MILLISECONDS);
    command.arg(&["GROUPBY", "2", "@user", "@namespace", "REDUCE", "COUNT", "0", "AS", "count"]);
    command.arg(&["SORTBY", "4", "@user", "ASC", "@namespace", "ASC", "MAX"]).arg(USERS_MAX);
    command.arg(&["LIMIT", "0"]).arg(USERS_MAX).arg(&["DIALECT", "2"]);
    Request::one(command, |answer| {
        let rows = reply::elements(answer).into_iter().skip(1).map(reply::fields);
        let group = |mut row: HashMap<String, String>| {
            let count = row.get("count").and_then(|count| count.parse().ok()).unwrap_or_default();
            (row.remove("user"), row.remove("namespace"), count)
        };
        Ok(rows.map(group).collect())
    })
}

/// Both counts of each user and namespace, by name. A memory always tells both; a thread of another program may tell neither.
fn merged(memories: Groups, threads: Groups) -> Vec<UserSummary> {
    let mut counts = BTreeMap::<(String, Option<String>), (u64, u64)>::new();
    for (user, namespace, count) in memories {
        if let (Some(user), Some(namespace)) = (user, namespace) {
            counts.entry((user, Some(namespace))).or_default().0 += count;
        }
    }
    for (user, namespace, count) in threads {
        let user = user.unwrap_or_else(|| DEFAULT_NAME.into());
        counts.entry((user, namespace)).or_default().1 += count;
    }
    let summary =
        |((user, namespace), (memories, threads))| UserSummary { user, namespace, memories, threads };
    counts.into_iter().map(summary).take(USERS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bulk(text: &str) -> Value {
        Value::BulkString(text.into())
    }

    fn group(user: &str, namespace: &str, count: u64) -> (Option<String>, Option<String>, u64) {
        let name = |name: &str| Some(name.to_owned()).filter(|name| !name.is_empty());
        (name(user), name(namespace), count)
    }

    #[test]
    fn memories_and_threads_of_a_scope_are_one_row_by_name() {
        let memories = vec![group("ada", "work", 3), group("Ada", "work", 1), group("", "work", 9)];
        let threads = vec![group("ada", "work", 2), group("ada", "", 4), group("", "", 5)];
        let row = |user: &str, namespace: &str, memories, threads| UserSummary {
            user: user.into(),
            namespace: Some(namespace.to_owned()).filter(|name| !name.is_empty()),
            memories,
            threads,
        };
        let expected = [
            row("Ada", "work", 1, 0),
            row("ada", "", 0, 4),
            row("ada", "work", 3, 2),
            row("default", "", 0, 5),
        ];
        assert_eq!(merged(memories, threads), expected);
    }

    #[test]
    fn a_receipt_adds_up_and_names_a_few_of_what_was_not_reached() {
        let many: Vec<Value> = (0..15).map(|number| bulk(&format!("key {number}"))).collect();
        let counts = [bulk("memories"), Value::Int(3), bulk("ownerless"), Value::Int(1)];
        let answer = Value::Array(vec![
            Value::Array(counts.to_vec()),
            Value::Array(many),
            Value::Int(2),
            bulk(BEGINNING),
        ]);
        let read = told(answer).unwrap();
        assert_eq!((read.done, read.position.as_str()), (2, BEGINNING));
        let mut receipt = Receipt::default();
        add(&mut receipt, &read);
        add(&mut receipt, &read);
        assert_eq!((receipt.memories, receipt.total(), receipt.ownerless), (6, 6, 2));
        assert_eq!((receipt.unreached, receipt.unreached_keys.len()), (30, UNREACHED_NAMED));
        assert!(told(Value::Nil).is_err());
    }
}
