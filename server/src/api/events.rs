//! What happened on a thread: read, and followed as it happens.

use std::time::Duration;

use agent_memory::{Memory, Scope, ThreadId};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{
        IntoResponse, Response,
        sse::{self, KeepAlive, Sse},
    },
};
use futures::{StreamExt, TryStreamExt, future};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    Api,
    extract::{In, OnThread, Params, Place, count_or},
    problem::Problem,
    records::EventView,
};

/// Most events in an answer; a log keeps about as many.
const EVENTS_MAX: usize = 1000;

/// A comment on idle streams, so that proxies keep them and a dead one is noticed.
const KEEP_ALIVE: Duration = Duration::from_secs(10);

/// How many events.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct EventsQuery {
    /// Most events to return, 1 to 1000; 20 where nothing is said.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<usize>,
}

/// Events, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct EventList {
    /// The events.
    events: Vec<EventView>,
}

/// List the events of a thread
///
/// Newest first. A log keeps about the newest thousand for seven days.
#[utoipa::path(get, path = "/threads/{thread_id}/events", tag = "events", operation_id = "list_events",
    params(Place, EventsQuery, ("thread_id" = String, Path, description = "The thread")),
    responses((status = 200, body = EventList)))]
pub(super) async fn list(
    State(memory): State<Memory>,
    In(scope): In,
    OnThread(thread_id): OnThread,
    Params(query): Params<EventsQuery>,
) -> Result<Json<EventList>, Problem> {
    let limit = count_or("limit", query.limit, 20, EVENTS_MAX)?;
    refuse_others(&memory, &scope, &thread_id).await?;
    let events = memory.events().recent(&scope, &thread_id, limit).await?;
    Ok(Json(EventList { events: events.into_iter().map(Into::into).collect() }))
}

/// Where to begin.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct FollowQuery {
    /// Begin after this event: an `event_id`, `0` for all that there are, `$` for those to come, which is the default. The header
    /// `Last-Event-ID`, which browsers send when they connect again, counts more.
    after: Option<String>,
}

/// Follow the events of a thread
///
/// Server-sent events, each with the event's id and the event as JSON. A client that was cut off sends `Last-Event-ID` and misses
/// nothing. The stream ends when Redis or the server goes.
#[utoipa::path(get, path = "/threads/{thread_id}/events/stream", tag = "events", operation_id = "follow_events",
    params(Place, FollowQuery, ("thread_id" = String, Path, description = "The thread"),
        ("Last-Event-ID" = Option<String>, Header, description = "The last event that was seen")),
    responses((status = 200, content_type = "text/event-stream", body = String)))]
pub(super) async fn follow(
    State(api): State<Api>,
    In(scope): In,
    OnThread(thread_id): OnThread,
    Params(query): Params<FollowQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let after = match headers.get("last-event-id") {
        Some(id) => checked("Last-Event-ID", id.to_str().unwrap_or_default())?.to_string(),
        None => checked("after", query.after.as_deref().unwrap_or("$"))?.to_string(),
    };
    let permit = api.streams.clone().try_acquire_owned().map_err(|_| {
        Problem::new(StatusCode::TOO_MANY_REQUESTS, "too many streams are open: close some, or repeat later")
    })?;
    refuse_others(&api.memory, &scope, &thread_id).await?;
    let events = api.memory.events().follow(&scope, &thread_id, &after).await?;
    let events = events
        .inspect_err(|error| tracing::warn!(%error, "a stream of events ended"))
        // What broke is told by the end of the stream: the client connects again.
        .take_while(|event| future::ready(event.is_ok()))
        .map_ok(EventView::from)
        .map(move |event| {
            let _ = &permit;
            event
                .map_err(axum::Error::new)
                .and_then(|event| sse::Event::default().id(&event.event_id).json_data(&event))
        })
        .take_until(api.shutdown.requested());
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)).into_response())
}

/// Nobody reads what happened on another's thread, not even that there is one.
async fn refuse_others(memory: &Memory, scope: &Scope, thread_id: &ThreadId) -> Result<(), Problem> {
    Ok(memory.sessions().load(scope, thread_id).await.map(drop)?)
}

/// The id of a stream entry: milliseconds, or milliseconds, a dash and a counter.
fn checked<'a>(field: &'static str, id: &'a str) -> Result<&'a str, Problem> {
    let is_number = |text: &str| text.parse::<u64>().is_ok() && !text.starts_with('+');
    let is_id = id == "$" || id.split_once('-').map_or(is_number(id), |(a, b)| is_number(a) && is_number(b));
    if is_id {
        Ok(id)
    } else {
        Err(Problem::invalid(field, format!("{field} has to be an event_id, `0` or `$`")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_ids_of_entries_are_followed() {
        for id in ["$", "0", "1763797823123", "1763797823123-0"] {
            assert!(checked("after", id).is_ok(), "{id}");
        }
        for id in ["", "x", "-", "1-", "-1", "1-2-3", "+", "+1", "1 2", "99999999999999999999999"] {
            assert!(checked("after", id).is_err(), "{id}");
        }
    }
}
