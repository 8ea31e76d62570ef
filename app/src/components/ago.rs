use leptos::prelude::*;

use super::text;

use crate::{
    page::Page,
    view::{
        instant::{clock, date, iso},
        lifetime::ago,
    },
};

/// How long ago something was, as time goes by; its date on hovering.
#[component]
pub(crate) fn Ago(
    /// The page.
    page: Page,
    /// The instant, in Unix seconds.
    #[prop(into)]
    ts: Signal<f64>,
    /// Class of the element.
    class: &'static str,
) -> impl IntoView {
    view! {
        <time
            class=class
            datetime=text(move || iso(ts.get()))
            title=text(move || format!("{} {} UTC", date(ts.get()), clock(ts.get())))
        >
            {text(move || ago(page.clock.since(page, ts.get())))}
        </time>
    }
}
