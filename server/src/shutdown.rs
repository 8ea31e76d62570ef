//! When to stop, and telling everybody who would otherwise go on for ever.

use std::future::Future;

use tokio::sync::watch;

/// Knows whether the server is to stop. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Shutdown(watch::Receiver<bool>);

impl Shutdown {
    /// Listens for SIGINT (Ctrl-C) and SIGTERM.
    pub(crate) fn listen() -> Self {
        let (sender, receiver) = watch::channel(false);
        tokio::spawn(async move {
            tokio::select! {
                () = interrupted() => {}
                () = terminated() => {}
            }
            tracing::info!("stopping");
            let _ = sender.send(true);
        });
        Self(receiver)
    }

    /// Waits until the server is to stop. Open streams end then, since the server waits for them.
    pub(crate) fn requested(&self) -> impl Future<Output = ()> + Send + use<> {
        let mut receiver = self.0.clone();
        async move {
            // An error means that the listener is gone, which only the end of the runtime can do.
            let _ = receiver.wait_for(|is_requested| *is_requested).await;
        }
    }
}

async fn interrupted() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

#[cfg(unix)]
async fn terminated() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => drop(terminate.recv().await),
        Err(_) => std::future::pending().await,
    }
}

#[cfg(not(unix))]
async fn terminated() {
    std::future::pending().await
}
