use leptos::prelude::*;

use super::{
    HeldRows, MemoriesBar, MemoryRows, Pager, Panel, PickAll, PicksBar, ResetConfirm, Skeleton, SortHeader,
    Undo, Unreadable, WaitingRows, WriteError, part, text,
};
use crate::{
    page::Page,
    view::table::{COLUMNS, caption},
};

/// The long-term memories of the user and namespace: sorted, filtered, a page at a time.
#[component]
pub(crate) fn Memories(
    /// The page.
    page: Page,
) -> impl IntoView {
    let held = HeldRows::new(page);
    let counts = page.part(|look| (look.memory_count, look.match_count));
    let caption = text(move || match counts.get() {
        Some((count, matches)) => page.shown.with(|shown| caption(shown, count, matches)),
        None => "Memories".into(),
    });
    let empty = move || match counts.get() {
        Some((0, _)) => Some("No memories yet: send a turn, or re-seed the samples."),
        Some((_, 0)) => Some("No memory matches the filter."),
        _ => None,
    };
    view! {
        <Panel id="memories" heading="Long-term memory" aside=move || view! { <ResetConfirm page /> }>
            <Unreadable page />
            <MemoriesBar page />
            <WriteError action=page.writes.drop_memory />
            <Undo page />
            <div
                class="memories"
                role="region"
                aria-labelledby="memories-caption"
                tabindex="0"
                on:pointerout=move |_| held.look_again()
                on:focusout=move |_| held.look_again()
            >
                <table
                    class="memories__table"
                    on:click=move |click| {
                        #[cfg(feature = "hydrate")]
                        super::picks_bar::heard::clicked(page, held, &click);
                        #[cfg(not(feature = "hydrate"))]
                        let _ = click;
                    }
                    on:keydown=move |key| {
                        #[cfg(feature = "hydrate")]
                        super::picks_bar::heard::pressed(page, held, &key);
                        #[cfg(not(feature = "hydrate"))]
                        let _ = key;
                    }
                >
                    <caption class="memories__caption" id="memories-caption">{caption}</caption>
                    <thead>
                        <tr>
                            <th scope="col" class="memories__select">
                                <PickAll page held />
                            </th>
                            {COLUMNS
                                .map(|(sort, name)| view! { <SortHeader page sort name /> })
                                .collect_view()}
                            <th scope="col"><span class="visually-hidden">"Edit or drop"</span></th>
                        </tr>
                    </thead>
                    <tbody>
                        <MemoryRows page held />
                    </tbody>
                </table>
                <Skeleton page />
                {part(move || empty().map(|text| view! { <p class="panel__empty">{text}</p> }))}
            </div>
            <PicksBar page held />
            <Pager page>
                <WaitingRows held />
            </Pager>
        </Panel>
    }
}
