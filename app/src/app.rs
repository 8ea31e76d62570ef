//! The document, the page, and the sign that it is alive.

use leptos::prelude::*;

use crate::{
    address::Address,
    components::Dashboard,
    page::{First, Page, carried::Carried},
};

/// The document around the page, or around the words that nothing is here where no [`First`] is provided.
#[cfg(feature = "ssr")]
pub fn shell(options: LeptosOptions) -> impl IntoView {
    use crate::{components::NotFound, view::html::escaped};

    crate::policy::send_content_security_policy(&options);
    let is_found = use_context::<First>().is_some();
    let is_watched = options.env == leptos::config::Env::DEV;
    let title = match is_found {
        true => crate::page::title(&address_of_the_document()),
        false => "Not found · agent-memory".into(),
    };
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <meta name="description" content="DevTools for agent memory on Redis" />
                <title inner_html=escaped(&title)></title>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <link rel="stylesheet" href=crate::stylesheet::stylesheet_href() />
                <AutoReload options=options.clone() disable_watch=!is_watched />
                {is_found.then(|| view! { <HydrationScripts options /> })}
            </head>
            <body>
                {match is_found {
                    true => view! { <App /> }.into_any(),
                    false => view! { <NotFound /> }.into_any(),
                }}
            </body>
        </html>
    }
}

/// The page: rendered on the server from a [`First`], which travels inside the document, and taken over in the browser
/// from the same one. Nothing is awaited on the way, so both render the same.
#[component]
pub fn App() -> impl IntoView {
    let first = SharedValue::new_str(|| Carried(first())).into_inner();
    let page = Page::new(address_of_the_document(), first.0);
    mark_as_hydrated();
    view! { <Dashboard page /> }
}

/// What the server has read for this page. In the browser it stands in the document; where it does not, nothing is known.
fn first() -> First {
    use_context::<First>().unwrap_or_else(First::unknown)
}

#[cfg(feature = "ssr")]
fn address_of_the_document() -> Address {
    let query = use_context::<axum::http::request::Parts>()
        .and_then(|request| request.uri.query().map(Address::from_query));
    query.unwrap_or_default()
}

#[cfg(not(feature = "ssr"))]
fn address_of_the_document() -> Address {
    Address::from_query(&window().location().search().unwrap_or_default())
}

/// Sets `<html data-hydrated>` once events are heard: browser tests wait for it, clicks before it are lost.
fn mark_as_hydrated() {
    #[cfg(feature = "hydrate")]
    Effect::new(|| {
        if let Some(root) = document().document_element() {
            // Setting an attribute fails only for invalid names.
            let _ = root.set_attribute("data-hydrated", "");
        }
    });
}
