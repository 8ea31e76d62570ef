//! Time that goes by while a look is shown. The first render knows none: it is the same on both sides.

use leptos::prelude::*;

use super::Page;

/// Seconds since the look was read.
#[derive(Clone, Copy)]
pub struct Clock {
    elapsed: RwSignal<f64>,
}

impl Clock {
    pub(super) fn new() -> Self {
        Self { elapsed: RwSignal::new(0.0) }
    }

    /// Seconds since the look was read, in steps of one.
    #[must_use]
    pub fn elapsed(&self) -> f64 {
        self.elapsed.get()
    }

    /// Seconds since an instant that the look tells of, by the server's clock.
    #[must_use]
    pub fn since(&self, page: Page, unix_seconds: f64) -> f64 {
        page.read(|look| look.at).map_or(0.0, |at| at - unix_seconds) + self.elapsed()
    }

    pub(super) fn follow(self, page: Page) {
        #[cfg(feature = "hydrate")]
        {
            use std::time::Duration;

            let read_at = StoredValue::new(0.0);
            let now = || window().performance().map_or(0.0, |performance| performance.now() / 1000.0);
            Effect::new(move || {
                page.look.track();
                read_at.set_value(now());
                self.elapsed.set(0.0);
            });
            let tick = move || self.elapsed.set((now() - read_at.get_value()).floor());
            if let Ok(handle) = set_interval_with_handle(tick, Duration::from_secs(1)) {
                on_cleanup(move || handle.clear());
            }
        }
        #[cfg(not(feature = "hydrate"))]
        let _ = page;
    }
}
