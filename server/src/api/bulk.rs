//! Dropping and changing many memories at once, and taking that back.

use agent_memory::{
    Lifetime, Memory, MemoryFilter, MemoryId,
    service::{ManyChange, ManyChanged, ManyEdit, Selection},
    store::ASIDE_SECONDS,
};
use axum::{Json, extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    extract::{Body, In, Place, count_or},
    memories::TagsBody,
    problem::Problem,
    records::{KindWord, StandingWord},
};

/// Most ids in one request.
const IDS_MAX: usize = 10_000;

/// Which memories to drop: those with these ids, or those that match.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DropRequest {
    /// These, at most 10,000; nothing else is to be said then.
    #[serde(default)]
    #[schema(required = false, max_items = 10000)]
    ids: Vec<String>,
    /// Only this kind.
    kind: Option<KindWord>,
    /// Only those that come from this thread.
    #[schema(max_length = 128)]
    source_thread: Option<String>,
    /// Only those written at or after this time, in Unix seconds.
    created_from: Option<f64>,
    /// Only those written at or before this time, in Unix seconds.
    created_to: Option<f64>,
    /// Only those said at or after this time, in Unix seconds.
    said_from: Option<f64>,
    /// Only those said at or before this time, in Unix seconds.
    said_to: Option<f64>,
    /// Only those with such labels.
    #[serde(default)]
    #[schema(required = false)]
    tags: TagsBody,
    /// Only those with all these words, or with words that begin so.
    #[serde(default)]
    #[schema(required = false, max_length = 200)]
    words: String,
    /// Current ones, superseded ones, or both; both where nothing is said.
    standing: Option<StandingWord>,
    /// Has to be true where nothing else is said: then all memories of the user and namespace go.
    #[serde(default)]
    #[schema(required = false)]
    all: bool,
    /// Leave nothing that could bring them back.
    #[serde(default)]
    #[schema(required = false)]
    for_good: bool,
    /// Only tell which would go. Has to be said, one way or the other.
    dry_run: bool,
}

impl DropRequest {
    fn selection(self) -> Result<Selection, Problem> {
        let which = Which {
            kind: self.kind,
            source_thread: self.source_thread,
            created_from: self.created_from,
            created_to: self.created_to,
            said_from: self.said_from,
            said_to: self.said_to,
            tags: self.tags,
            words: self.words,
            standing: self.standing,
        };
        selection(self.ids, which, self.all)
    }
}

/// Which memories match.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Which {
    /// Only this kind.
    kind: Option<KindWord>,
    /// Only those that come from this thread.
    #[schema(max_length = 128)]
    source_thread: Option<String>,
    /// Only those written at or after this time, in Unix seconds.
    created_from: Option<f64>,
    /// Only those written at or before this time, in Unix seconds.
    created_to: Option<f64>,
    /// Only those said at or after this time, in Unix seconds.
    said_from: Option<f64>,
    /// Only those said at or before this time, in Unix seconds.
    said_to: Option<f64>,
    /// Only those with such labels.
    #[schema(required = false)]
    tags: TagsBody,
    /// Only those with all these words, or with words that begin so.
    #[schema(required = false, max_length = 200)]
    words: String,
    /// Current ones, superseded ones, or both; both where nothing is said.
    standing: Option<StandingWord>,
}

fn selection(ids: Vec<String>, which: Which, all: bool) -> Result<Selection, Problem> {
    let is_standing_said = which.standing.is_some();
    let filter = MemoryFilter {
        kind: which.kind.map(Into::into),
        source_thread: which.source_thread,
        created_from: which.created_from,
        created_to: which.created_to,
        said_from: which.said_from,
        said_to: which.said_to,
        tags: which.tags.into(),
        words: which.words,
        standing: which.standing.unwrap_or(StandingWord::Any).into(),
        ids: None,
    };
    let filter = filter.checked()?;
    let is_filtered = is_standing_said || !filter.is_empty();
    match (ids.is_empty(), is_filtered, all) {
        (false, false, false) => {
            count_or("ids", Some(ids.len()), 0, IDS_MAX)?;
            Ok(Selection::Ids(ids.into_iter().map(MemoryId::existing).collect::<Result<_, _>>()?))
        }
        (false, _, _) => {
            Err(Problem::invalid("ids", "ids contradicts the other fields: leave it or them out"))
        }
        (true, false, false) => Err(Problem::new(
            StatusCode::BAD_REQUEST,
            "name `ids` or at least one of `kind`, `source_thread`, `created_from`, `created_to`, `said_from`, `said_to`, `tags`, \
             `words` and `standing`, or say `all`: true",
        )),
        (true, true, true) => {
            Err(Problem::invalid("all", "all contradicts the other fields: leave it or them out"))
        }
        _ => Ok(Selection::Where(filter)),
    }
}

/// What was dropped, or would be.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DropReply {
    /// Memories that match.
    matched: usize,
    /// Memories that were dropped; 0 in a dry run.
    deleted: usize,
    /// Whether it was a dry run.
    dry_run: bool,
    /// Ids of those that match, at most 100.
    ids: Vec<String>,
    /// What brings them back, see `/memories/undo`; null in a dry run and where they were dropped for good.
    undo: Option<String>,
    /// For how long, in seconds.
    undo_seconds: Option<u64>,
}

/// Drop many memories
///
/// All that match, of this user and namespace alone. With `dry_run` it only tells which these are. For ten minutes they can be brought
/// back, the same to the last digit, unless they are dropped `for_good`.
#[utoipa::path(post, path = "/memories/drop", tag = "memories", operation_id = "drop_memories", params(Place),
    request_body = DropRequest, responses((status = 200, body = DropReply)))]
pub(super) async fn drop_many(
    State(memory): State<Memory>,
    In(scope): In,
    Body(request): Body<DropRequest>,
) -> Result<Json<DropReply>, Problem> {
    let dry_run = request.dry_run;
    let change = if request.for_good { ManyChange::DropForGood } else { ManyChange::Drop };
    let dropped = memory.change_many(&scope, &request.selection()?, &change, dry_run).await?;
    let ManyChanged { matched, changed, ids, undo } = dropped;
    Ok(Json(DropReply {
        matched,
        deleted: changed,
        dry_run,
        ids: ids.into_iter().map(Into::into).collect(),
        undo_seconds: undo.is_some().then_some(ASIDE_SECONDS),
        undo,
    }))
}

/// Which memories to change, and what of them.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ChangeRequest {
    /// These, at most 10,000; `where` is not to be said then.
    #[serde(default)]
    #[schema(required = false, max_items = 10000)]
    ids: Vec<String>,
    /// Those that match.
    #[serde(default, rename = "where")]
    #[schema(required = false)]
    which: Which,
    /// Has to be true where neither `ids` nor `where` is said.
    #[serde(default)]
    #[schema(required = false)]
    all: bool,
    /// What to change of each; what is left out stays.
    set: ChangeSet,
    /// Only tell which would be changed. Has to be said, one way or the other.
    dry_run: bool,
}

/// What to change of each; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ChangeSet {
    /// The new kind. Without a lifetime given, that of the kind begins anew.
    kind: Option<KindWord>,
    /// The new lifetime in seconds from now; 0 pins it.
    #[schema(maximum = 315360000)]
    ttl_seconds: Option<u64>,
    /// All labels from now on, at most 32.
    #[schema(max_items = 32)]
    tags: Option<Vec<String>>,
}

/// What was changed, or would be.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ChangeReply {
    /// Memories that match.
    matched: usize,
    /// Memories that were changed; 0 in a dry run.
    changed: usize,
    /// Whether it was a dry run.
    dry_run: bool,
    /// Ids of those that match, at most 100.
    ids: Vec<String>,
    /// What takes it back, see `/memories/undo`; null in a dry run.
    undo: Option<String>,
    /// For how long, in seconds.
    undo_seconds: Option<u64>,
}

/// Change many memories
///
/// Kind, lifetime and labels of all that match, of this user and namespace alone. With `dry_run` it only tells which these are. Each
/// keeps what it was in its history, and for ten minutes all of it can be taken back at once.
#[utoipa::path(post, path = "/memories/change", tag = "memories", operation_id = "change_memories", params(Place),
    request_body = ChangeRequest, responses((status = 200, body = ChangeReply)))]
pub(super) async fn change_many(
    State(memory): State<Memory>,
    In(scope): In,
    Body(request): Body<ChangeRequest>,
) -> Result<Json<ChangeReply>, Problem> {
    let ChangeRequest { ids, which, all, set, dry_run } = request;
    let edit = ManyEdit {
        kind: set.kind.map(Into::into),
        lifetime: Lifetime::from_ttl(set.ttl_seconds)?,
        tags: set.tags,
    };
    if edit == ManyEdit::default() {
        return Err(Problem::invalid(
            "set",
            "nothing to change: give at least one of `kind`, `ttl_seconds` and `tags`",
        ));
    }
    let selection = selection(ids, which, all)?;
    let changed = memory.change_many(&scope, &selection, &ManyChange::Edit(edit), dry_run).await?;
    let ManyChanged { matched, changed, ids, undo } = changed;
    Ok(Json(ChangeReply {
        matched,
        changed,
        dry_run,
        ids: ids.into_iter().map(Into::into).collect(),
        undo_seconds: undo.is_some().then_some(ASIDE_SECONDS),
        undo,
    }))
}

/// Which change to take back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct UndoRequest {
    /// The `undo` of the change's reply.
    undo: String,
}

/// What was taken back.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct UndoReply {
    /// Memories that are as they were before.
    undone: usize,
}

/// Take a change of many memories back
///
/// Within ten minutes of it. What was changed again since stays as it is.
#[utoipa::path(post, path = "/memories/undo", tag = "memories", operation_id = "undo_memories", params(Place),
    request_body = UndoRequest, responses((status = 200, body = UndoReply)))]
pub(super) async fn undo(
    State(memory): State<Memory>,
    In(scope): In,
    Body(UndoRequest { undo }): Body<UndoRequest>,
) -> Result<Json<UndoReply>, Problem> {
    let undone = memory.undo_many(&scope, &undo).await?;
    undone.map(|undone| Json(UndoReply { undone })).ok_or_else(|| Problem::not_found("change to take back"))
}
