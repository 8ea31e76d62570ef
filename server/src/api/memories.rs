//! Long-term memories: remember, list, read, edit, forget.

use agent_memory::{
    Lifetime, Listing, Memory, MemoryFilter, Text,
    filter::TagFilter,
    listing::{MemoryCursor, PAGE_MAX, Start},
    look::Preview,
    service::{NewText, TextEdit},
};
use axum::{Json, extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    extract::{Body, In, OfMemory, Params, Place, Writing, count_or},
    problem::Problem,
    records::{ForceWord, KindWord, MemoryView, RevisedView, StandingWord, WrittenView, relation},
    threads::Deleted,
};

/// Most texts in a batch.
const BATCH_MAX: usize = 100;

/// Which memories.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct FilterQuery {
    /// Only this kind.
    #[param(inline)]
    kind: Option<KindWord>,
    /// Only those that come from this thread.
    #[param(max_length = 128)]
    source_thread: Option<String>,
    /// Only those written at or after this time, in Unix seconds.
    created_from: Option<f64>,
    /// Only those written at or before this time, in Unix seconds.
    created_to: Option<f64>,
    /// Only those said at or after this time, in Unix seconds.
    said_from: Option<f64>,
    /// Only those said at or before this time, in Unix seconds.
    said_to: Option<f64>,
    /// Only those with at least one of these labels, with commas between them. Upper and lower case are the same.
    tags_any: Option<String>,
    /// Only those with all of these labels.
    tags_all: Option<String>,
    /// Only those with none of these labels.
    tags_none: Option<String>,
    /// Only those with all these words, or with words that begin so.
    #[param(max_length = 200)]
    words: Option<String>,
    /// Current ones where nothing is said; superseded ones, or any.
    #[param(inline)]
    standing: Option<StandingWord>,
}

impl FilterQuery {
    pub(super) fn filter(self) -> Result<MemoryFilter, Problem> {
        let filter = MemoryFilter {
            kind: self.kind.map(Into::into),
            source_thread: self.source_thread,
            created_from: self.created_from,
            created_to: self.created_to,
            said_from: self.said_from,
            said_to: self.said_to,
            tags: TagFilter {
                any: listed(self.tags_any),
                all: listed(self.tags_all),
                none: listed(self.tags_none),
            },
            words: self.words.unwrap_or_default(),
            standing: self.standing.unwrap_or_default().into(),
            ids: None,
        };
        Ok(filter.checked()?)
    }
}

/// What stands between commas.
fn listed(labels: Option<String>) -> Vec<String> {
    let labels = labels.unwrap_or_default();
    labels.split(',').map(str::trim).filter(|label| !label.is_empty()).map(Into::into).collect()
}

/// Labels that are asked for. Upper and lower case are the same.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = TagFilter)]
pub(super) struct TagsBody {
    /// At least one of these.
    #[schema(required = false, max_items = 32)]
    any: Vec<String>,
    /// All of these.
    #[schema(required = false, max_items = 32)]
    all: Vec<String>,
    /// None of these.
    #[schema(required = false, max_items = 32)]
    none: Vec<String>,
}

impl From<TagsBody> for TagFilter {
    fn from(TagsBody { any, all, none }: TagsBody) -> Self {
        Self { any, all, none }
    }
}

/// Which part of the listing.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct PageQuery {
    /// Most memories to return, 1 to 200; 50 where nothing is said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<usize>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// A page of memories, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MemoryList {
    /// The memories.
    memories: Vec<MemoryView>,
    /// Memories that match in all.
    total: u64,
    /// Where the next page begins; null after the last one.
    next_cursor: Option<String>,
}

/// List the memories
///
/// Newest first. Pages neither repeat nor miss a memory while others are written.
#[utoipa::path(get, path = "/memories", tag = "memories", operation_id = "list_memories",
    params(Place, FilterQuery, PageQuery), responses((status = 200, body = MemoryList)))]
pub(super) async fn list(
    State(memory): State<Memory>,
    In(scope): In,
    Params(filter): Params<FilterQuery>,
    Params(page): Params<PageQuery>,
) -> Result<Json<MemoryList>, Problem> {
    let limit = count_or("limit", page.limit, 50, PAGE_MAX)?;
    let cursor = page.cursor.filter(|cursor| !cursor.is_empty());
    let cursor = cursor.map(|cursor| cursor.parse::<MemoryCursor>()).transpose()?;
    let start = cursor.map_or(Start::Offset(0), Start::Cursor);
    let listing = Listing { filter: filter.filter()?, start, limit, ..Listing::default() };
    let page = memory.long_term().list(&scope, &listing).await?;
    Ok(Json(MemoryList {
        memories: page.memories.into_iter().map(Into::into).collect(),
        total: page.total,
        next_cursor: page.next.map(|next| next.to_string()),
    }))
}

/// A text to remember.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewMemory {
    /// What is remembered, trimmed, at most 65,536 bytes.
    #[schema(min_length = 1, max_length = 65536, example = "Ada is allergic to peanuts.")]
    text: String,
    /// How long it is meant to last; episodic where nothing is said.
    #[serde(default)]
    #[schema(required = false)]
    kind: KindWord,
    /// The thread it comes from.
    #[serde(default)]
    #[schema(required = false, max_length = 128)]
    source_thread: String,
    /// Its lifetime in seconds; 0 pins it. That of its kind where nothing is said.
    #[schema(maximum = 315360000)]
    ttl_seconds: Option<u64>,
    /// Its labels, at most 32.
    #[serde(default)]
    #[schema(required = false, max_items = 32)]
    tags: Vec<String>,
    /// `new` makes it a memory of its own, whatever lies near.
    #[schema(inline)]
    force: Option<ForceWord>,
    /// The memory whose place it takes: that one is kept in the history and no longer recalled.
    supersedes: Option<String>,
}

impl NewMemory {
    fn checked(self) -> Result<NewText, Problem> {
        Ok(NewText {
            lifetime: Lifetime::from_ttl(self.ttl_seconds)?,
            relation: relation(self.force, self.supersedes)?,
            tags: self.tags,
            text: Text::new(self.text)?,
            kind: self.kind.into(),
            source_thread: self.source_thread,
        })
    }
}

/// Remember a text
///
/// A text that says the same as one of the same kind that is there already counts a hit on that instead. One that says something
/// else of the same thing, such as another date or the opposite, becomes a memory of its own and tells which one it `revises`.
#[utoipa::path(post, path = "/memories", tag = "memories", operation_id = "remember", params(Place),
    request_body = NewMemory, responses((status = 201, body = WrittenView)))]
pub(super) async fn remember(
    Writing(memory): Writing,
    In(scope): In,
    Body(new): Body<NewMemory>,
) -> Result<(StatusCode, Json<WrittenView>), Problem> {
    let written = memory.remember(&scope, new.checked()?).await?;
    Ok((StatusCode::CREATED, Json(written.into())))
}

/// Texts to remember together.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewMemories {
    /// The texts, 1 to 100.
    #[schema(min_items = 1, max_items = 100)]
    items: Vec<NewMemory>,
}

/// What became of the texts of a batch.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct WrittenList {
    /// One for each text, in their order.
    items: Vec<WrittenView>,
}

/// Remember many texts
///
/// They are embedded together, which is faster than one by one. Where one text is wrong, none is written.
#[utoipa::path(post, path = "/memories/batch", tag = "memories", operation_id = "remember_batch", params(Place),
    request_body = NewMemories, responses((status = 201, body = WrittenList)))]
pub(super) async fn remember_batch(
    Writing(memory): Writing,
    In(scope): In,
    Body(batch): Body<NewMemories>,
) -> Result<(StatusCode, Json<WrittenList>), Problem> {
    count_or("items", Some(batch.items.len()), 0, BATCH_MAX)?;
    let texts = batch.items.into_iter().map(NewMemory::checked).collect::<Result<Vec<_>, _>>()?;
    let written = memory.remember_many(&scope, &texts).await?;
    let items = written.into_iter().map(Into::into).collect();
    Ok((StatusCode::CREATED, Json(WrittenList { items })))
}

/// Read a memory
#[utoipa::path(get, path = "/memories/{memory_id}", tag = "memories", operation_id = "read_memory",
    params(Place, ("memory_id" = String, Path, description = "The memory")),
    responses((status = 200, body = MemoryView)))]
pub(super) async fn read(
    State(memory): State<Memory>,
    In(scope): In,
    OfMemory(id): OfMemory,
) -> Result<Json<MemoryView>, Problem> {
    let found = memory.long_term().get(&scope, &id).await?;
    found.map(|memory| Json(memory.into())).ok_or_else(|| Problem::not_found("memory"))
}

/// What to change; what is left out stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct MemoryPatch {
    /// The new text, embedded again; at most 65,536 bytes.
    #[schema(min_length = 1, max_length = 65536)]
    text: Option<String>,
    /// The new kind. Without a lifetime given, that of the kind begins anew.
    kind: Option<KindWord>,
    /// The new lifetime in seconds from now; 0 pins it.
    #[schema(maximum = 315360000)]
    ttl_seconds: Option<u64>,
    /// All its labels from now on, at most 32.
    #[schema(max_items = 32)]
    tags: Option<Vec<String>>,
}

/// Edit a memory
///
/// Changes text, kind, lifetime and labels in one step. What they were is kept in its history; its hits, its time and fields of other
/// programs stay. Where a new text disagrees with other memories, that waits in the inbox: ask `/preview` before.
#[utoipa::path(patch, path = "/memories/{memory_id}", tag = "memories", operation_id = "edit_memory",
    params(Place, ("memory_id" = String, Path, description = "The memory")),
    request_body = MemoryPatch, responses((status = 200, body = MemoryView)))]
pub(super) async fn edit(
    State(memory): State<Memory>,
    In(scope): In,
    OfMemory(id): OfMemory,
    Body(patch): Body<MemoryPatch>,
) -> Result<Json<MemoryView>, Problem> {
    let edit = TextEdit {
        text: patch.text.map(Text::new).transpose()?,
        kind: patch.kind.map(Into::into),
        lifetime: Lifetime::from_ttl(patch.ttl_seconds)?,
        tags: patch.tags,
    };
    if edit == TextEdit::default() {
        return Err(Problem::new(
            StatusCode::BAD_REQUEST,
            "nothing to change: give at least one of `text`, `kind`, `ttl_seconds` and `tags`",
        ));
    }
    let edited = memory.edit(&scope, &id, &edit).await?;
    edited.map(|memory| Json(memory.into())).ok_or_else(|| Problem::not_found("memory"))
}

/// A text that a memory might get.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewWording {
    /// The text; trimmed, at most 65,536 bytes.
    #[schema(min_length = 1, max_length = 65536)]
    text: String,
}

/// What a text would be to the other memories.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct EditPreview {
    /// A memory that says the same; null where there is none.
    duplicate_of: Option<String>,
    /// A memory that says something else of the same thing; null where there is none.
    revises: Option<RevisedView>,
}

/// Preview an edit
///
/// What a new text of a memory would be to the others of its kind. Nothing is written.
#[utoipa::path(post, path = "/memories/{memory_id}/preview", tag = "memories", operation_id = "preview_edit",
    params(Place, ("memory_id" = String, Path, description = "The memory")),
    request_body = NewWording, responses((status = 200, body = EditPreview)))]
pub(super) async fn preview(
    State(memory): State<Memory>,
    In(scope): In,
    OfMemory(id): OfMemory,
    Body(NewWording { text }): Body<NewWording>,
) -> Result<Json<EditPreview>, Problem> {
    let preview = memory.preview_edit(&scope, &id, &Text::new(text)?).await?;
    let (duplicate_of, revises) = match preview.ok_or_else(|| Problem::not_found("memory"))? {
        Preview::Duplicate { onto, .. } => (Some(onto.into()), None),
        Preview::Revision { revises, .. } => (None, Some(revises.into())),
        Preview::Skipped | Preview::New { .. } => (None, None),
    };
    Ok(Json(EditPreview { duplicate_of, revises }))
}

/// How to forget.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ForgetQuery {
    /// Leave nothing that could bring it back.
    #[serde(default)]
    #[param(required = false)]
    for_good: bool,
}

/// Forget a memory
///
/// For ten minutes it can be brought back by `/revert`, unless it is forgotten `for_good`.
#[utoipa::path(delete, path = "/memories/{memory_id}", tag = "memories", operation_id = "forget_memory",
    params(Place, ForgetQuery, ("memory_id" = String, Path, description = "The memory")),
    responses((status = 200, body = Deleted)))]
pub(super) async fn forget(
    State(memory): State<Memory>,
    In(scope): In,
    OfMemory(id): OfMemory,
    Params(query): Params<ForgetQuery>,
) -> Result<Json<Deleted>, Problem> {
    let deleted = match query.for_good {
        true => memory.forget(&scope, &id).await?,
        false => memory.set_aside(&scope, &id).await?,
    };
    Ok(Json(Deleted { deleted }))
}
