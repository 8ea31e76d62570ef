use leptos::prelude::*;

use crate::{
    page::Page,
    view::{
        instant::{date, clock, iso},
        lifetime::ago,
    },
};

/// How long ago something was, as time goes by; its date on hovering.
#[component]
pub(crate) fn Ago(
    /// The page.
    page: Page,
    /// The instant, in Unix seconds.
    ts: f64,
    /// Class of the element.
    class: &'static str,
) -> impl IntoView {
    view! {
        <time class=class datetime=iso(ts) title=format!("{} {} UTC", date(ts), clock(ts))>
            {move || ago(page.clock.since(page, ts))}
        </time>
    }
}
