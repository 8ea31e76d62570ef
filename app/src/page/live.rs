//! The live stream: the server says that something changed, and the page reads it again.
//!
//! The stream carries no data, so a cut loses nothing and doubles nothing: after it, the page reads the state as it is.

use super::Page;

/// Follows the changes of the page's memory, in the browser.
pub(super) fn follow(page: Page) {
    #[cfg(feature = "hydrate")]
    browser::follow(page);
    #[cfg(not(feature = "hydrate"))]
    let _ = page;
}

#[cfg(feature = "hydrate")]
mod browser {
    use std::{cell::RefCell, rc::Rc, time::Duration};

    use leptos::{
        prelude::*,
        wasm_bindgen::{JsCast, closure::Closure},
    };
    use web_sys::{Event, EventSource, MessageEvent};

    use super::super::Page;
    use crate::{address::Address, api::ApiError, view::connection::Connection};

    /// Between two reads: a busy memory changes many times a second.
    const READ_PAUSE: Duration = Duration::from_millis(150);

    /// Before a stream that the browser gave up is made again.
    const RETRY_PAUSE: Duration = Duration::from_secs(2);

    /// One stream, closed when it is dropped.
    struct Stream {
        source: EventSource,
        // The browser calls these as long as the stream stands.
        _handlers: [Closure<dyn FnMut(Event)>; 4],
    }

    impl Drop for Stream {
        fn drop(&mut self) {
            self.source.close();
        }
    }

    /// What outlives each stream.
    #[derive(Clone)]
    struct Follower {
        page: Page,
        stream: Rc<RefCell<Option<Stream>>>,
        failures: StoredValue<u32>,
        is_resting: StoredValue<bool>,
        is_stale: StoredValue<bool>,
    }

    pub(super) fn follow(page: Page) {
        let follower = Follower {
            page,
            stream: Rc::default(),
            failures: StoredValue::new(0),
            is_resting: StoredValue::new(false),
            is_stale: StoredValue::new(false),
        };
        let href = Memo::new(move |_| href(page));
        Effect::new(move || match href.get() {
            Some(href) => follower.clone().connect(href),
            None => follower.disconnect(),
        });
    }

    /// The stream of the user, namespace and thread that are shown; none of what may not be seen.
    fn href(page: Page) -> Option<String> {
        if matches!(page.failure.get(), Some(ApiError::NoSuchThread | ApiError::Invalid { .. })) {
            return None;
        }
        let thread = page.part(|look| look.thread_id.as_ref().map(ToString::to_string)).get().flatten();
        let here = page.address();
        let there = Address { thread: here.thread.or(thread), ..Address::new(&here.user, &here.namespace) };
        Some(there.href().replacen('/', "/live", 1))
    }

    impl Follower {
        fn disconnect(&self) {
            self.stream.borrow_mut().take();
            self.page.connection.set(Connection::None);
        }

        fn connect(self, href: String) {
            // The former one first: a page has one stream.
            self.stream.borrow_mut().take();
            let Ok(source) = EventSource::new(&href) else { return };
            let on = |name: &str, handler: Closure<dyn FnMut(Event)>| {
                // Fails for no name.
                let _ = source.add_event_listener_with_callback(name, handler.as_ref().unchecked_ref());
                handler
            };
            let (opened, told, changed) = (self.clone(), self.clone(), self.clone());
            let (failed, failed_source) = (self.clone(), source.clone());
            let handlers = [
                on("open", Closure::new(move |_| opened.failures.set_value(0))),
                on("redis", Closure::new(move |event: Event| told.redis_turned(&event))),
                on("changed", Closure::new(move |_| changed.changed())),
                on("error", Closure::new(move |_| failed.clone().failed(&failed_source, &href))),
            ];
            self.stream.replace(Some(Stream { source, _handlers: handlers }));
        }

        fn redis_turned(&self, event: &Event) {
            let is_up = event.dyn_ref::<MessageEvent>().and_then(|event| event.data().as_string());
            let is_up = is_up.as_deref() == Some("up");
            self.page.connection.set(if is_up { Connection::Live } else { Connection::RedisGone });
            if !is_up {
                // So that the page itself says what it no longer knows.
                self.page.read_again();
            }
        }

        /// Reads at once, and at most once in a while.
        fn changed(&self) {
            if self.is_resting.get_value() {
                self.is_stale.set_value(true);
                return;
            }
            self.is_resting.set_value(true);
            self.page.read_again();
            let follower = self.clone();
            set_timeout(
                move || {
                    follower.is_resting.set_value(false);
                    if follower.is_stale.try_update_value(std::mem::take) == Some(true) {
                        follower.changed();
                    }
                },
                READ_PAUSE,
            );
        }

        fn failed(self, source: &EventSource, href: &str) {
            let failures = self.failures.try_update_value(|failures| {
                *failures += 1;
                *failures
            });
            self.page.connection.set(Connection::after_failure(failures.unwrap_or_default()));
            if source.ready_state() == EventSource::CLOSED {
                // The browser does not try again after an answer that is no stream.
                let href = href.to_owned();
                set_timeout(move || self.connect_again(&href), RETRY_PAUSE);
            }
        }

        /// Unless the page follows something else by now.
        fn connect_again(self, tried: &str) {
            let is_current = self.stream.borrow().as_ref().is_some_and(|stream| {
                stream.source.url().ends_with(tried) && stream.source.ready_state() == EventSource::CLOSED
            });
            if is_current {
                self.connect(tried.to_owned());
            }
        }
    }
}
