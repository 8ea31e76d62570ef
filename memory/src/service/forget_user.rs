//! Who has a memory here, and forgetting somebody.

use super::Memory;
use crate::{
    Result,
    users::{Receipt, UserSummary},
};

impl Memory {
    /// Everybody who has a memory or a thread, with how many, by user and namespace.
    ///
    /// # Errors
    /// As [`crate::store::Users::list`].
    pub async fn users(&self) -> Result<Vec<UserSummary>> {
        self.users.list().await
    }

    /// Forgets a user in one namespace, or in all of them where it is `None`, and says what went. A dry run only counts.
    /// See [`crate::store::Users::forget`].
    ///
    /// # Errors
    /// As [`crate::store::Users::forget`]; some may be gone by then, so call again.
    pub async fn forget_user(
        &self,
        user: &str,
        namespace: Option<&str>,
        is_dry_run: bool,
    ) -> Result<Receipt> {
        let receipt = self.users.forget(user, namespace, is_dry_run).await?;
        if !is_dry_run {
            // Texts of anybody, with their vectors: they are embedded again where somebody asks for them.
            self.recent_embeddings.clear();
        }
        Ok(receipt)
    }
}
