//! The elements of the page, one component per file.
//!
//! [`Dashboard`] puts the page together: [`Masthead`], [`TurnForm`], the panels [`WorkingMemory`], [`Recalled`] and
//! [`EventLog`], the [`Memories`] table, the [`Drawer`] of one memory, and the [`ForgetDrawer`]; above them the [`ReviewInbox`] and the
//! [`Bench`] where they are open. The others are their parts.

mod ago;
mod axis;
mod badge;
mod bench;
mod candidate;
mod commands;
mod confirm;
mod dashboard;
mod drawer;
mod event_log;
mod failure;
mod follow;
#[cfg(feature = "ssr")]
mod forget;
mod forget_drawer;
mod help_sheet;
mod index_state;
mod last_turn;
mod long_text;
mod masthead;
mod memories;
mod memories_bar;
mod memory_row;
mod memory_rows;
mod meter;
#[cfg(feature = "ssr")]
mod not_found;
mod note;
mod pager;
mod pair_card;
mod panel;
mod picks_bar;
mod post_form;
mod preview_line;
mod recalled;
mod recent_turns;
mod reset_confirm;
mod review;
mod scan_form;
mod scope_fields;
mod scratchpad;
#[cfg(feature = "ssr")]
mod sheet;
mod sheets;
mod skeleton;
mod sort_header;
mod submit;
mod threads;
mod threshold;
mod timings;
mod turn_form;
mod undo;
mod unreadable;
#[cfg(feature = "ssr")]
mod unreadable_list;
mod why;
mod working_memory;

pub(crate) use self::{
    ago::Ago,
    axis::Axis,
    badge::KindBadge,
    bench::{Bench, BenchLink, JudgeButtons, JudgeForm},
    candidate::Candidate,
    commands::Commands,
    confirm::Confirm,
    dashboard::Dashboard,
    drawer::Drawer,
    event_log::EventLog,
    failure::Failure,
    follow::{flag, maybe, part, rows, text, when},
    forget_drawer::ForgetDrawer,
    help_sheet::HelpSheet,
    index_state::IndexStateLine,
    last_turn::LastTurnLine,
    long_text::LongText,
    masthead::Masthead,
    memories::Memories,
    memories_bar::MemoriesBar,
    memory_row::MemoryRow,
    memory_rows::{HeldRows, MemoryRows, WaitingRows},
    meter::Meter,
    note::{Note, WriteError},
    pager::Pager,
    pair_card::PairCard,
    panel::Panel,
    picks_bar::{PICKS, PickAll, PicksBar},
    post_form::{At, PostForm},
    preview_line::{Asked, PreviewLine, asked_while_typing},
    recalled::Recalled,
    recent_turns::RecentTurns,
    reset_confirm::ResetConfirm,
    review::{ReviewInbox, ReviewLink},
    scan_form::ScanForm,
    scope_fields::ScopeFields,
    scratchpad::ScratchpadForm,
    sheets::SHEETS,
    skeleton::Skeleton,
    sort_header::SortHeader,
    submit::Submit,
    threads::Threads,
    threshold::ThresholdControl,
    timings::TimingList,
    turn_form::TurnForm,
    undo::Undo,
    unreadable::{Unreadable, UnreadableLink},
    why::Why,
    working_memory::WorkingMemory,
};
#[cfg(feature = "ssr")]
pub(crate) use self::{
    forget::forget_sheet, not_found::NotFound, sheet::sheet, unreadable_list::unreadable_list,
};
#[cfg(feature = "hydrate")]
pub(crate) use self::{post_form::sent_fields, sheets::focus_first};
