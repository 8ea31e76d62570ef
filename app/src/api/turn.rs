//! Takes a turn, or sets the goal.

use agent_memory::{
    InvalidInput, Scope, ThreadId, Timings, TurnRequest, model::WriteKind, threshold::CANDIDATE_K, turn::Step,
};
#[cfg(any(feature = "ssr", test))]
use agent_memory::{TurnOutcome, model::TurnAction};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::ApiError;
use crate::address::{Address, Became};

/// The turn form.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TurnForm {
    /// Where the page stands; its thread counts for its own user and namespace alone.
    pub at: String,
    /// Whose turn, as typed.
    pub user: String,
    /// In which namespace, as typed.
    pub namespace: String,
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
    /// On which thread.
    pub thread_id: ThreadId,
    /// The text.
    pub query: String,
    /// What became of it.
    pub became: Became,
    /// Distance to the memory that held the text already.
    pub deduplicated_at: Option<f64>,
    /// How long it took.
    pub timings: Timings,
    /// What was asked of Redis.
    pub steps: Vec<Step>,
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
    use super::host::{answered, lead_to, memory, typed};

    let (memory, form) = (memory()?, TurnForm { text: typed(form.text), ..form });
    let take = async {
        let request = form.request()?;
        let (scope, query, action) = (request.scope.clone(), request.text.to_string(), request.action);
        Ok(TurnReply::new(scope, query, action, memory.turn(request).await?))
    };
    let reply = answered("turn", take.await)?;
    lead_to(&reply.address(&form));
    Ok(reply)
}

impl TurnForm {
    /// The turn to take.
    ///
    /// # Errors
    /// The first field that is wrong.
    pub fn request(&self) -> Result<TurnRequest, InvalidInput> {
        let scope = Scope::new(&self.user, &self.namespace)?;
        let at = Address::from_query(&self.at);
        let thread = at.thread.filter(|_| scope.owns(&at.user, &at.namespace));
        Ok(TurnRequest {
            thread_id: thread.map(ThreadId::new).transpose()?,
            role: word_or(&self.role, "user").parse()?,
            action: word_or(&self.action, "turn").parse()?,
            write: word_or(&self.kind, WriteKind::Episodic.as_str()).parse()?,
            // As many as the page shows, so that the command that is told finds what is seen.
            k: CANDIDATE_K,
            is_traced: true,
            ..TurnRequest::new(scope, &self.text)?
        })
    }
}

fn word_or<'a>(word: &'a str, default: &'a str) -> &'a str {
    if word.is_empty() { default } else { word }
}

impl TurnReply {
    /// The page that shows this turn after a plain form post.
    #[must_use]
    pub fn address(&self, form: &TurnForm) -> Address {
        let at = Address::from_query(&form.at);
        let here = match self.scope.owns(&at.user, &at.namespace) {
            true => at,
            false => at.opened(self.scope.user(), self.scope.namespace()),
        };
        let write = form.kind.parse().unwrap_or(here.write);
        let after = here.after(Some(self.thread_id.to_string()), &self.query, self.became.clone());
        Address { write, ..after }
    }
}

#[cfg(any(feature = "ssr", test))]
impl TurnReply {
    fn new(scope: Scope, query: String, action: TurnAction, outcome: TurnOutcome) -> Self {
        let TurnOutcome { thread_id, written, timings, steps, .. } = outcome;
        let deduplicated_at = written.as_ref().and_then(|written| written.deduplicated_at);
        let became = match (action, written) {
            (TurnAction::Goal, _) => Became::Goal,
            (TurnAction::Turn, None) => Became::Skipped,
            (TurnAction::Turn, Some(written)) => match written.deduplicated_at {
                None => Became::New(written.memory_id.to_string()),
                Some(_) => Became::Onto(written.memory_id.to_string()),
            },
        };
        Self { scope, thread_id, query, became, deduplicated_at, timings, steps }
    }
}

#[cfg(test)]
mod tests {
    use agent_memory::{Kind, MemoryId, Role, ranking::Ranking, turn::Written};

    use super::*;

    fn form() -> TurnForm {
        TurnForm {
            at: "user=alice&thread=0123456789ab&sort=hits".into(),
            user: "alice".into(),
            text: " hello ".into(),
            ..TurnForm::default()
        }
    }

    #[test]
    fn blank_fields_have_the_defaults_of_the_contract() {
        let request = form().request().unwrap();
        assert_eq!(request.text.as_str(), "hello");
        assert_eq!((request.role, request.action), (Role::User, TurnAction::Turn));
        assert_eq!(request.write, WriteKind::Episodic);
        assert_eq!(request.thread_id.unwrap().as_str(), "0123456789ab");
    }

    #[test]
    fn another_user_never_lands_on_the_open_thread() {
        let request = TurnForm { user: "bob".into(), ..form() }.request().unwrap();
        assert_eq!(request.scope.user(), "bob");
        assert_eq!(request.thread_id, None);
        let request = TurnForm { namespace: "work".into(), ..form() }.request().unwrap();
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
            Some(Written {
                memory_id: MemoryId::from_random_bits(7),
                kind: Kind::Semantic,
                deduplicated_at,
                revises: None,
                truncated_after: None,
            })
        };
        let id = String::from("000000000007");
        let rows = [
            (TurnAction::Turn, None, Became::Skipped),
            (TurnAction::Goal, None, Became::Goal),
            (TurnAction::Turn, written(None), Became::New(id.clone())),
            (TurnAction::Turn, written(Some(0.1)), Became::Onto(id)),
        ];
        for (action, written, expected) in rows {
            let outcome = TurnOutcome {
                ranking: Ranking::Distance,
                terms: Vec::new(),
                thread_id: ThreadId::from_random_bits(1),
                written,
                nearest: vec![],
                candidates: vec![],
                timings: Timings::default(),
                steps: vec![],
            };
            let reply = TurnReply::new(Scope::new("alice", "").unwrap(), "q".into(), action, outcome);
            let address = reply.address(&form());
            assert_eq!(address.asked.unwrap().became, expected);
            assert_eq!(address.thread.as_deref(), Some("000000000001"));
            assert_eq!(address.table.order.by, agent_memory::listing::SortBy::Hits);
        }
    }
}
