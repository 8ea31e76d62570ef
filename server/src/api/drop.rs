//! Dropping many memories at once.

use agent_memory::{Memory, MemoryFilter};
use axum::{Json, extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    extract::{Body, In, Place},
    problem::Problem,
    records::KindWord,
};

/// Which memories to drop.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DropRequest {
    /// Only this kind.
    kind: Option<KindWord>,
    /// Only those that come from this thread.
    #[schema(max_length = 128)]
    source_thread: Option<String>,
    /// Only those written at or after this time, in Unix seconds.
    created_from: Option<f64>,
    /// Only those written at or before this time, in Unix seconds.
    created_to: Option<f64>,
    /// Only those with all these words, or with words that begin so.
    #[serde(default)]
    #[schema(required = false, max_length = 200)]
    words: String,
    /// Has to be true where nothing else is said: then all memories of the user and namespace go.
    #[serde(default)]
    #[schema(required = false)]
    all: bool,
    /// Only tell which would go. Has to be said, one way or the other.
    dry_run: bool,
}

impl DropRequest {
    fn filter(self) -> Result<MemoryFilter, Problem> {
        let filter = MemoryFilter {
            kind: self.kind.map(Into::into),
            source_thread: self.source_thread,
            created_from: self.created_from,
            created_to: self.created_to,
            words: self.words,
        };
        let filter = filter.checked()?;
        match (filter.is_empty(), self.all) {
            (true, false) => Err(Problem::new(
                StatusCode::BAD_REQUEST,
                "name at least one of `kind`, `source_thread`, `created_from`, `created_to` and `words`, or say `all`: true",
            )),
            (false, true) => {
                Err(Problem::invalid("all", "all contradicts the other fields: leave it or them out"))
            }
            _ => Ok(filter),
        }
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
}

/// Drop many memories
///
/// All that match, of this user and namespace alone. With `dry_run` it only tells which these are.
#[utoipa::path(post, path = "/memories/drop", tag = "memories", operation_id = "drop_memories", params(Place),
    request_body = DropRequest, responses((status = 200, body = DropReply)))]
pub(super) async fn drop_many(
    State(memory): State<Memory>,
    In(scope): In,
    Body(request): Body<DropRequest>,
) -> Result<Json<DropReply>, Problem> {
    let dry_run = request.dry_run;
    let dropped = memory.forget_where(&scope, &request.filter()?, dry_run).await?;
    Ok(Json(DropReply {
        matched: dropped.matched,
        deleted: dropped.deleted,
        dry_run,
        ids: dropped.ids.into_iter().map(Into::into).collect(),
    }))
}
