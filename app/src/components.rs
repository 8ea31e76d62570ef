//! The elements of the page, one component per file.
//!
//! [`Dashboard`] puts the page together: [`Masthead`], [`TurnForm`], the panels [`WorkingMemory`], [`Recalled`] and
//! [`EventLog`], and the [`Memories`] table. The others are their parts.

mod badge;
mod candidate;
mod confirm;
mod dashboard;
mod event_log;
mod failure;
mod index_state;
mod last_turn;
mod long_text;
mod masthead;
mod memories;
mod memory_row;
mod meter;
mod new_thread;
mod not_found;
mod note;
mod panel;
mod place_fields;
mod recalled;
mod recent_turns;
mod reset;
mod scope_fields;
mod scratchpad;
mod sent_fields;
mod skeleton;
mod submit;
mod threshold;
mod timings;
mod turn_form;
mod working_memory;

pub(crate) use self::{
    badge::KindBadge,
    candidate::Candidate,
    confirm::Confirm,
    dashboard::Dashboard,
    event_log::EventLog,
    failure::Failure,
    index_state::IndexStateLine,
    last_turn::LastTurnLine,
    long_text::LongText,
    masthead::Masthead,
    memories::Memories,
    memory_row::MemoryRow,
    meter::Meter,
    new_thread::NewThreadButton,
    not_found::NotFound,
    note::{Note, WriteError},
    panel::Panel,
    place_fields::PlaceFields,
    recalled::Recalled,
    recent_turns::RecentTurns,
    reset::ResetConfirm,
    scope_fields::ScopeFields,
    scratchpad::ScratchpadForm,
    skeleton::Skeleton,
    submit::Submit,
    threshold::ThresholdControl,
    timings::TimingList,
    turn_form::TurnForm,
    working_memory::WorkingMemory,
};
