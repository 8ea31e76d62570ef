//! The address of the page, and ways to another one.
//!
//! There is one page, so there is no router: the address is a signal, and the browser's history follows it.

use leptos::prelude::*;

use super::Page;
use crate::address::Address;

/// The address, and ways to another one. The page scrolls nowhere.
#[derive(Clone, Copy)]
pub struct Navigation {
    /// What the URL says.
    pub address: RwSignal<Address>,
}

impl Navigation {
    pub(super) fn new(address: Address) -> Self {
        Self { address: RwSignal::new(address) }
    }

    /// Goes to another address; the back button leads back here.
    pub fn open(&self, address: Address) {
        if self.address.with_untracked(|here| *here != address) {
            history(&address, false);
            self.address.set(address);
        }
    }

    /// Corrects the address of what is seen already.
    pub fn settle(&self, address: Address) {
        if self.address.with_untracked(|here| *here != address) {
            history(&address, true);
            self.address.set(address);
        }
    }

    /// Lets a plain click on a link to an address stay on the page. Other clicks (a new tab, a download) are the browser's.
    pub fn follow_link(&self, click: &leptos::ev::MouseEvent, address: Address) {
        let is_plain = click.button() == 0
            && !(click.meta_key() || click.ctrl_key() || click.shift_key() || click.alt_key());
        if is_plain {
            click.prevent_default();
            self.open(address);
        }
    }

    /// Keeps the title on the address, and the address on the browser's back and forward buttons and on the links of the page.
    pub(super) fn follow(self, page: Page) {
        Effect::new(move || document().set_title(&title(&self.address.get())));
        #[cfg(feature = "hydrate")]
        {
            let handle = window_event_listener(leptos::ev::popstate, move |_| {
                let search = window().location().search().unwrap_or_default();
                let address = Address::from_query(&search);
                page.chosen_threshold.set(address.threshold);
                self.address.set(address);
            });
            let clicks = window_event_listener(leptos::ev::click, move |click| {
                if let Some(there) = linked(page, &click) {
                    let threshold = there.threshold;
                    self.follow_link(&click, there);
                    // One in the address that is opened holds; one that is not there yet was chosen since.
                    if click.default_prevented() && threshold.is_some() {
                        page.chosen_threshold.set(threshold);
                    }
                }
            });
            on_cleanup(move || {
                handle.remove();
                clicks.remove();
            });
        }
        #[cfg(not(feature = "hydrate"))]
        let _ = page;
    }
}

/// Where a click on a link of this page leads. Heard once for all of them: a closure for each is some 200 bytes of the front end.
#[cfg(feature = "hydrate")]
fn linked(page: Page, click: &leptos::ev::MouseEvent) -> Option<Address> {
    use leptos::wasm_bindgen::JsCast;

    let target = click.target()?.dyn_into::<web_sys::Element>().ok()?;
    // Those with a target are the browser's: the server reads more for where they lead.
    let link = target.closest("a[href^='/?']:not([target])").ok()??;
    let there = Address::from_query(&link.get_attribute("href")?);
    if link.class_name() != SHEET_LINK {
        return Some(there);
    }
    // Rendered with the sheet, for where the page stood then.
    let here = page.here_untracked();
    Some(if there.memory.is_some() { here.with_memory(there.memory) } else { here.on(there.thread) })
}

/// Class of the links that the server renders into a sheet.
pub(crate) const SHEET_LINK: &str = "drawer__link";

/// The title of the page at an address.
#[must_use]
pub fn title(address: &Address) -> String {
    format!("{} · agent-memory", address.whose())
}

/// Puts the address into the browser's history. It fails only for addresses of other sites, or more than a hundred in
/// ten seconds; the page then goes on under its old URL.
fn history(address: &Address, replaces: bool) {
    let Ok(history) = window().history() else { return };
    let (state, href) = (leptos::wasm_bindgen::JsValue::NULL, address.href());
    let _ = match replaces {
        true => history.replace_state_with_url(&state, "", Some(&href)),
        false => history.push_state_with_url(&state, "", Some(&href)),
    };
}
