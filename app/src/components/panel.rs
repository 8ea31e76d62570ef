use leptos::prelude::*;

/// A titled part of the page.
#[component]
pub(crate) fn Panel(
    /// Id of the heading, by which the part is named.
    id: &'static str,
    /// The heading.
    heading: &'static str,
    /// What stands beside the heading.
    #[prop(optional, into)]
    aside: ViewFn,
    /// The content.
    children: Children,
) -> impl IntoView {
    view! {
        <section class="panel" aria-labelledby=id>
            <div class="panel__head">
                <h2 class="panel__heading" id=id>
                    {heading}
                </h2>
                <div class="panel__aside">{aside.run()}</div>
            </div>
            <div class="panel__body">{children()}</div>
        </section>
    }
}
