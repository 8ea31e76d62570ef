//! Takes a turn, or sets the goal.

use agent_memory::{
    InvalidInput, Scope, TurnOutcome, TurnRequest, input,
    model::{TurnAction, WriteKind},
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::{ApiError, Place};
use crate::address::{Address, Sent, Wrote};

/// The turn form.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TurnForm {
    /// Where the page stands; user and namespace as typed.
    #[serde(flatten)]
    pub place: Place,
    /// Whose thread [`Place::thread`] is: another user may have been typed since.
    pub thread_user: String,
    /// In which namespace that thread is.
    pub thread_namespace: String,
    /// What is said.
    pub text: String,
    /// What to write to long-term memory: `episodic`, `semantic` or `skip`.
    pub kind: String,
    /// Who says it: `user`, `assistant` or `tool`.
    pub role: String,
    /// What the text is: `turn` or `goal`.
    pub action: String,
}

/// A turn that was taken, with what the page needs to show it in the right place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TurnReply {
    /// Whose turn it was.
    pub scope: Scope,
    /// The text, cut at [`crate::address::QUERY_MAX_CHARS`].
    pub query: String,
    /// A turn or a goal.
    pub action: TurnAction,
    /// What it did.
    pub outcome: TurnOutcome,
}

/// Takes a turn, or sets the goal: embeds, appends, recalls, remembers.
///
/// # Errors
/// A bad field, a thread of somebody else, or Redis gone.
#[server(name = TakeTurn, prefix = "/api/fn", endpoint = "turn")]
pub async fn turn(
    /// The form, as it was sent.
    #[server(flatten)]
    form: TurnForm,
) -> Result<TurnReply, ApiError> {
    use super::host::{lead_to, memory, refuse};
    use crate::{address::QUERY_MAX_CHARS, view::text::cut};

    let request = form.request().map_err(|error| refuse("turn", error.into()))?;
    let (scope, query, action) = (request.scope.clone(), cut(&request.text, QUERY_MAX_CHARS), request.action);
    let outcome = memory()?.turn(request).await.map_err(|error| refuse("turn", error))?;
    let reply = TurnReply { scope, query, action, outcome };
    lead_to(&reply.address(&form.place));
    Ok(reply)
}

impl TurnForm {
    /// The turn to take.
    ///
    /// # Errors
    /// The first field that is wrong.
    pub fn request(&self) -> Result<TurnRequest, InvalidInput> {
        let scope = self.place.scope()?;
        let thread_id = match scope.owns(&self.thread_user, &self.thread_namespace) {
            true => self.place.thread_id()?,
            false => None,
        };
        Ok(TurnRequest {
            scope,
            thread_id,
            text: input::required_text("text", &self.text)?.into(),
            role: word_or(&self.role, "user").parse()?,
            action: word_or(&self.action, "turn").parse()?,
            write: word_or(&self.kind, WriteKind::Episodic.as_str()).parse()?,
            ttl_seconds: None,
        })
    }
}

fn word_or<'a>(word: &'a str, default: &'a str) -> &'a str {
    if word.is_empty() { default } else { word }
}

impl TurnReply {
    /// The page that shows this turn, at the threshold of the page that sent it.
    #[must_use]
    pub fn address(&self, place: &Place) -> Address {
        let wrote = match &self.outcome.written {
            None => Wrote::Nothing,
            Some(written) => match written.deduplicated_at {
                None => Wrote::New(written.memory_id.to_string()),
                Some(_) => Wrote::Onto(written.memory_id.to_string()),
            },
        };
        Address {
            thread: Some(self.outcome.thread_id.to_string()),
            sent: Some(Sent { query: self.query.clone(), wrote }),
            ..place.address()
        }
    }
}

#[cfg(test)]
mod tests {
    use agent_memory::{Kind, MemoryId, Role, ThreadId, Timings, turn::Written};

    use super::*;

    fn form() -> TurnForm {
        TurnForm {
            place: Place { user: "alice".into(), thread: "0123456789ab".into(), ..Place::default() },
            thread_user: "alice".into(),
            thread_namespace: "default".into(),
            text: " hello ".into(),
            ..TurnForm::default()
        }
    }

    #[test]
    fn blank_fields_have_the_defaults_of_the_contract() {
        let request = form().request().unwrap();
        assert_eq!(request.text, "hello");
        assert_eq!((request.role, request.action), (Role::User, TurnAction::Turn));
        assert_eq!(request.write, WriteKind::Episodic);
        assert_eq!(request.thread_id.unwrap().as_str(), "0123456789ab");
    }

    #[test]
    fn another_user_never_lands_on_the_open_thread() {
        let mut form = form();
        form.place.user = "bob".into();
        let request = form.request().unwrap();
        assert_eq!(request.scope.user(), "bob");
        assert_eq!(request.thread_id, None);
    }

    #[test]
    fn the_first_wrong_field_is_named() {
        let rows = [
            (TurnForm { text: "  ".into(), ..form() }, "text"),
            (TurnForm { kind: "procedural".into(), ..form() }, "kind"),
            (TurnForm { role: "system".into(), ..form() }, "role"),
            (TurnForm { action: "shout".into(), ..form() }, "action"),
        ];
        for (form, field) in rows {
            assert_eq!(form.request().unwrap_err().field, field);
        }
    }

    #[test]
    fn the_page_after_a_plain_post_knows_what_was_written() {
        let written = |deduplicated_at| {
            Some(Written { memory_id: MemoryId::from_random_bits(7), kind: Kind::Semantic, deduplicated_at })
        };
        let id = String::from("000000000007");
        let rows = [
            (None, Wrote::Nothing),
            (written(None), Wrote::New(id.clone())),
            (written(Some(0.1)), Wrote::Onto(id)),
        ];
        for (written, expected) in rows {
            let reply = TurnReply {
                scope: Scope::default(),
                query: "q".into(),
                action: TurnAction::Turn,
                outcome: TurnOutcome {
                    thread_id: ThreadId::from_random_bits(1),
                    written,
                    candidates: vec![],
                    timings: Timings::default(),
                },
            };
            assert_eq!(reply.address(&Place::default()).sent.unwrap().wrote, expected);
        }
    }
}
