//! Judging what is recalled, measuring settings by it, and profiles.

use std::collections::{BTreeMap, HashSet};

use futures::{StreamExt, TryStreamExt, stream};
use serde::{Deserialize, Serialize};

use super::{LineProblem, Memory, import::PROBLEMS_SHOWN};
use crate::{
    Error, Result,
    embedder::Purpose,
    evaluation::{
        Case, Figures, JUDGEMENTS_MAX, JudgedQuery, Judgement, Profile, SavedQuery, Setting, Tried,
        check_query,
    },
    filter::MemoryFilter,
    input::{self, InvalidInput, Problem},
    model::MemoryRecord,
    scope::{MemoryId, Scope},
    store::Telling,
    text::Text,
};

/// Queries that are looked for side by side.
const AT_ONCE: usize = 8;

/// Nearest memories among which one of a certain text is looked for.
const SAME_TEXT_K: usize = 5;

/// A judged query as people write it: memories by their ids, or by their texts to the letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WrittenQuery {
    /// What is asked.
    pub query: String,
    /// What should be recalled: ids or texts.
    #[serde(default)]
    pub good: Vec<String>,
    /// What should not.
    #[serde(default)]
    pub bad: Vec<String>,
}

/// What became of lines of judged queries. Each line counts once in one of the other numbers.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct JudgementReport {
    /// Lines read, blank ones apart.
    pub lines: u64,
    /// Queries saved, or given further judgements.
    pub saved: u64,
    /// Lines that were refused, as a whole.
    pub failed: u64,
    /// What was wrong, for the first twenty of them.
    pub problems: Vec<LineProblem>,
}

impl Memory {
    /// Says of a memory that it is a good or a bad answer to a query, or takes that back; the query is saved with it. Returns the id of
    /// the query. Atomic.
    ///
    /// # Errors
    /// [`Error::NoSuchMemory`] where the scope does not have the memory; [`Error::Invalid`] for a query of more than
    /// [`crate::evaluation::QUERY_MAX_BYTES`] bytes, and where as many are kept as may be.
    pub async fn judge(
        &self,
        scope: &Scope,
        query: &Text,
        id: &MemoryId,
        judgement: Option<Judgement>,
    ) -> Result<String> {
        check_query(query)?;
        self.judgements.judge(scope, query, &[(id.clone(), judgement)]).await
    }

    /// The saved queries of a scope with their judgements, the one judged last first.
    ///
    /// # Errors
    /// [`Error::Unavailable`] or [`Error::Refused`] where Redis cannot answer.
    pub async fn judged_queries(&self, scope: &Scope) -> Result<Vec<SavedQuery>> {
        Ok(self.judgements.kept(scope).await?.queries)
    }

    /// Deletes a saved query; `false` where the scope has none of this id.
    ///
    /// # Errors
    /// [`Error::Unavailable`] or [`Error::Refused`] where Redis cannot answer.
    pub async fn forget_query(&self, scope: &Scope, query_id: &str) -> Result<bool> {
        self.judgements.forget(scope, query_id).await
    }

    /// Saves judged queries out of JSON Lines, each a [`WrittenQuery`]. What is judged already of the same query stays unless a line says
    /// otherwise. A line that is wrong, or names a memory that the scope does not have, is told and the others are saved.
    ///
    /// # Errors
    /// [`Error::Unavailable`] or [`Error::Refused`] where Redis cannot answer; what was saved stays.
    pub async fn save_queries(&self, scope: &Scope, lines: &str) -> Result<JudgementReport> {
        let mut report = JudgementReport::default();
        for (at, line) in (1..).zip(lines.lines()).filter(|(_, line)| !line.trim().is_empty()) {
            report.lines += 1;
            match self.save_query(scope, line).await {
                Ok(()) => report.saved += 1,
                Err(error @ (Error::Invalid(_) | Error::NoSuchMemory { .. })) => {
                    report.fail(at, error.to_string());
                }
                Err(Error::Corrupt { problem, .. }) => report.fail(at, problem),
                Err(error) => return Err(error),
            }
        }
        Ok(report)
    }

    async fn save_query(&self, scope: &Scope, line: &str) -> Result<()> {
        let JudgedQuery { query, good, bad } = self.read_query(scope, line).await?;
        let told = |judgement| move |id: MemoryId| (id, Some(judgement));
        let good = good.into_iter().map(told(Judgement::Good));
        let told: Vec<_> = good.chain(bad.into_iter().map(told(Judgement::Bad))).collect();
        if told.is_empty() {
            return Err(
                InvalidInput::unfit("good", "at least one memory, unless there is one in `bad`").into()
            );
        }
        self.judgements.judge(scope, &query, &told).await.map(|_| ())
    }

    /// Reads a line that is a [`WrittenQuery`] and finds the memories that it names, by their ids or their exact texts.
    ///
    /// # Errors
    /// [`Error::Corrupt`] for what is no such line, with what is wrong with it; [`Error::NoSuchMemory`] where the scope has none of an
    /// id or text; [`Error::Invalid`] as [`JudgedQuery::checked`].
    pub async fn read_query(&self, scope: &Scope, line: &str) -> Result<JudgedQuery> {
        let written: WrittenQuery = serde_json::from_str(line)
            .map_err(|error| Error::Corrupt { key: "line".into(), problem: error.to_string() })?;
        let query = Text::named("query", &written.query)?;
        for (field, names) in [("good", &written.good), ("bad", &written.bad)] {
            if names.len() > JUDGEMENTS_MAX {
                let problem = Problem::TooLong { limit: JUDGEMENTS_MAX, unit: "memories" };
                return Err(InvalidInput::new(field, problem).into());
            }
        }
        let names: Vec<String> = written.good.iter().chain(&written.bad).cloned().collect();
        let mut ids = self.named(scope, &names).await?;
        let bad = ids.split_off(written.good.len());
        Ok(JudgedQuery { query, good: ids, bad }.checked()?)
    }

    /// The memories of these ids or texts, in their order.
    async fn named(&self, scope: &Scope, names: &[String]) -> Result<Vec<MemoryId>> {
        let possible: Vec<MemoryId> =
            names.iter().filter_map(|name| MemoryId::existing(name.as_str()).ok()).collect();
        let known: HashSet<MemoryId> =
            self.long_term.of_ids(scope, &possible).await?.into_iter().map(|memory| memory.id).collect();
        let mut ids = Vec::with_capacity(names.len());
        for name in names {
            let id = MemoryId::read(name.as_str());
            ids.push(if known.contains(&id) { id } else { self.saying(scope, name).await? });
        }
        Ok(ids)
    }

    /// The memory that says exactly this.
    async fn saying(&self, scope: &Scope, words: &str) -> Result<MemoryId> {
        // Told in part: it may be long.
        let none =
            || Error::NoSuchMemory { memory_id: MemoryId::read(words.chars().take(100).collect::<String>()) };
        let text = Text::new(words).map_err(|_| none())?;
        let (embedding, all) = (self.embed(&text, Purpose::Passage).await?, MemoryFilter::default());
        let near = self.long_term.nearest_request(scope, &all, SAME_TEXT_K, &embedding, Telling::Lives);
        let near = self.store.run("look for a text", near).await?.memories;
        near.into_iter().find(|memory| memory.text == text.as_str()).map(|memory| memory.id).ok_or_else(none)
    }

    /// Judged queries with all that may be recalled for them, ready to be measured by any setting. What was judged and is gone or
    /// superseded by now does not count. Two round trips each, eight at once.
    ///
    /// # Errors
    /// [`Error::Unavailable`] or [`Error::Refused`] where Redis cannot answer, [`Error::Overloaded`] where too many texts wait.
    pub async fn cases(&self, scope: &Scope, queries: &[JudgedQuery]) -> Result<Vec<Case>> {
        let current = self.current_of(scope, queries).await?;
        let case = async |judged: &JudgedQuery| {
            let embedding = self.embed(&judged.query, Purpose::Query).await?;
            let sought = self.long_term.sought(judged.query.as_str(), &embedding);
            let found = self.long_term.found(scope, &sought).await?;
            let there = |ids: &[MemoryId]| ids.iter().filter(|id| current.contains(*id)).cloned().collect();
            let judged = JudgedQuery {
                query: judged.query.clone(),
                good: there(&judged.good),
                bad: there(&judged.bad),
            };
            Ok(Case::new(&judged, found))
        };
        stream::iter(queries.iter().map(case)).buffered(AT_ONCE).try_collect().await
    }

    /// Memories of these ids, superseded ones too, as far as the scope has them.
    ///
    /// # Errors
    /// [`Error::Unavailable`] or [`Error::Refused`] where Redis cannot answer.
    pub async fn memories(&self, scope: &Scope, ids: &[MemoryId]) -> Result<Vec<MemoryRecord>> {
        self.long_term.of_ids(scope, ids).await
    }

    /// Which of the judged memories are there and current.
    async fn current_of(&self, scope: &Scope, queries: &[JudgedQuery]) -> Result<HashSet<MemoryId>> {
        const BATCH: usize = 1000;
        let judged = queries.iter().flat_map(|query| query.good.iter().chain(&query.bad));
        let judged: Vec<MemoryId> = judged.collect::<HashSet<_>>().into_iter().cloned().collect();
        let mut current = HashSet::with_capacity(judged.len());
        for batch in judged.chunks(BATCH) {
            let there = self.long_term.of_ids(scope, batch).await?;
            current.extend(there.into_iter().filter(|one| one.superseded_by.is_none()).map(|one| one.id));
        }
        Ok(current)
    }

    /// Notes that a setting was measured: the latest fifty are kept.
    ///
    /// # Errors
    /// [`Error::Unavailable`] or [`Error::Refused`] where Redis cannot answer.
    pub async fn note_tried(&self, scope: &Scope, setting: &Setting, figures: &Figures) -> Result<()> {
        self.judgements.note_tried(scope, setting, figures).await
    }

    /// The settings that were measured in a scope, latest first.
    ///
    /// # Errors
    /// [`Error::Unavailable`] or [`Error::Refused`] where Redis cannot answer.
    pub async fn tried(&self, scope: &Scope) -> Result<Vec<Tried>> {
        Ok(self.judgements.kept(scope).await?.tried)
    }

    /// The profiles of a scope, and those that all scopes share, each by name.
    ///
    /// # Errors
    /// [`Error::Unavailable`] or [`Error::Refused`] where Redis cannot answer.
    pub async fn profiles(
        &self,
        scope: &Scope,
    ) -> Result<(BTreeMap<String, Profile>, BTreeMap<String, Profile>)> {
        self.judgements.profiles(scope).await
    }

    /// The profile of this name: the scope's own, or else the one that all share.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a name that is empty, too long, or has a control character.
    pub async fn profile(&self, scope: &Scope, name: &str) -> Result<Option<Profile>> {
        self.judgements.profile(scope, profile_name(name)?).await
    }

    /// Keeps a profile under a name, for the scope, or for all where none is given.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a name or a profile beyond its limits, and where [`crate::evaluation::PROFILES_MAX`] are kept.
    pub async fn set_profile(&self, scope: Option<&Scope>, name: &str, profile: Profile) -> Result<()> {
        let (name, profile) = (profile_name(name)?, profile.checked()?);
        match scope {
            Some(scope) => self.judgements.set_profile(scope, name, &profile).await,
            None => self.judgements.set_shared_profile(name, &profile).await,
        }
    }

    /// Deletes a profile of the scope, or one that all share where none is given; `false` where there is none of this name.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a name that is empty, too long, or has a control character.
    pub async fn delete_profile(&self, scope: Option<&Scope>, name: &str) -> Result<bool> {
        let name = profile_name(name)?;
        match scope {
            Some(scope) => self.judgements.delete_profile(scope, name).await,
            None => self.judgements.delete_shared_profile(name).await,
        }
    }
}

impl JudgementReport {
    fn fail(&mut self, line: u64, problem: String) {
        self.failed += 1;
        if self.problems.len() < PROBLEMS_SHOWN {
            self.problems.push(LineProblem { line, problem });
        }
    }
}

fn profile_name(name: &str) -> Result<&str> {
    let name = name.trim_matches(' ');
    input::name("profile", name)?;
    Ok(name)
}
