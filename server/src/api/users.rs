//! Users: who has a memory here, and forgetting somebody.

use agent_memory::{Memory, Receipt, UserSummary};
use axum::{
    Json,
    extract::{RawQuery, State},
    http::StatusCode,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{extract::Body, problem::Problem};

/// What a user has in one namespace.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = User)]
pub(super) struct UserView {
    /// The user.
    user: String,
    /// The namespace; null for threads of another program, which told none: they belong to their user in every one.
    namespace: Option<String>,
    /// Memories in the index, superseded ones among them.
    memories: u64,
    /// Threads that have not expired.
    threads: u64,
}

impl From<UserSummary> for UserView {
    fn from(summary: UserSummary) -> Self {
        let UserSummary { user, namespace, memories, threads } = summary;
        Self { user, namespace, memories, threads }
    }
}

/// Users and namespaces by name, at most 10,000.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct UserList {
    /// They.
    users: Vec<UserView>,
}

/// List the users
///
/// Everybody who has a memory or a thread, by user and namespace, with how many. Redis reads every record for it.
#[utoipa::path(get, path = "/users", tag = "users", operation_id = "list_users",
    responses((status = 200, body = UserList)))]
pub(super) async fn list(State(memory): State<Memory>) -> Result<Json<UserList>, Problem> {
    Ok(Json(UserList { users: memory.users().await?.into_iter().map(Into::into).collect() }))
}

/// Whom to forget.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ForgetUser {
    /// The user, to the letter.
    #[schema(min_length = 1, max_length = 128, example = "ada")]
    user: String,
    /// The namespace; null or missing for all of them.
    #[schema(min_length = 1, max_length = 128)]
    namespace: Option<String>,
    /// Only tell what would go. Has to be said, one way or the other.
    dry_run: bool,
}

/// What was forgotten of a user, or would be.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Receipt)]
pub(super) struct ReceiptView {
    /// The user.
    user: String,
    /// The namespace; null for all of them.
    namespace: Option<String>,
    /// Whether it was a dry run: nothing was changed.
    dry_run: bool,
    /// Memories that were current.
    memories: u64,
    /// Memories that others took the place of.
    superseded: u64,
    /// Memories that the index could not read.
    unreadable: u64,
    /// Memories that were dropped and could still be brought back.
    set_aside: u64,
    /// Threads.
    threads: u64,
    /// Entries of event logs.
    events: u64,
    /// Answers and outcomes kept for repeated requests.
    answers: u64,
    /// Pairs of memories that waited for a decision, or were decided.
    reviews: u64,
    /// Judged queries, profiles of settings, and the list of settings tried.
    judgements: u64,
    /// Changes of many memories that could still be taken back.
    undo: u64,
    /// Records, of anybody, that name no owner: they stay, since nobody can tell whose they are.
    ownerless: u64,
    /// Keys, of anybody, that could not be looked at or deleted, such as those of another type.
    unreached: u64,
    /// Their names, at most 20.
    unreached_keys: Vec<String>,
}

impl From<Receipt> for ReceiptView {
    fn from(receipt: Receipt) -> Self {
        Self {
            user: receipt.user,
            namespace: receipt.namespace,
            dry_run: receipt.dry_run,
            memories: receipt.memories,
            superseded: receipt.superseded,
            unreadable: receipt.unreadable,
            set_aside: receipt.set_aside,
            threads: receipt.threads,
            events: receipt.events,
            answers: receipt.answers,
            reviews: receipt.reviews,
            judgements: receipt.judgements,
            undo: receipt.undo,
            ownerless: receipt.ownerless,
            unreached: receipt.unreached,
            unreached_keys: receipt.unreached_keys,
        }
    }
}

/// Forget a user
///
/// For good, in one namespace or in all: memories (also superseded ones, those that can be brought back, and those that the index
/// cannot read), threads, events, answers kept for repeated requests, what waits for a decision,
/// and judged queries with profiles. The answer is a receipt.
/// It takes the longer the more keys there are, and is not one step: what the user writes meanwhile may stay, and after an error
/// some is gone. Call again then. A key of idempotency does nothing here: nothing is kept of this call.
#[utoipa::path(post, path = "/users/forget", tag = "users", operation_id = "forget_user",
    request_body = ForgetUser, responses((status = 200, body = ReceiptView)))]
pub(super) async fn forget(
    State(memory): State<Memory>,
    RawQuery(query): RawQuery,
    Body(request): Body<ForgetUser>,
) -> Result<Json<ReceiptView>, Problem> {
    // Other calls name their namespace there: whoever does so here means one, and not all of them.
    if query.is_some_and(|query| !query.is_empty()) {
        let problem = "this call takes `user` and `namespace` in its body, and nothing in its query";
        return Err(Problem::new(StatusCode::BAD_REQUEST, problem));
    }
    let ForgetUser { user, namespace, dry_run } = request;
    Ok(Json(memory.forget_user(&user, namespace.as_deref(), dry_run).await?.into()))
}
