//! The fields that every read and every form sends along: where the page stands.

use agent_memory::{InvalidInput, Scope, ThreadId, Threshold};
use serde::{Deserialize, Serialize};

use crate::address::Address;

/// Where the page stands, as form fields. Text throughout: what is wrong is told by field.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Place {
    /// Whose memory; blank is `default`.
    pub user: String,
    /// In which namespace; blank is `default`.
    pub namespace: String,
    /// The open thread; blank is the current one.
    pub thread: String,
    /// Recall threshold of the page; blank is the server's default.
    pub threshold: String,
}

impl Place {
    /// The user and namespace.
    ///
    /// # Errors
    /// A name that is too long or has a control character.
    pub fn scope(&self) -> Result<Scope, InvalidInput> {
        Scope::new(&self.user, &self.namespace)
    }

    /// The open thread, if one is named.
    ///
    /// # Errors
    /// An id that is too long or has a control character.
    pub fn thread_id(&self) -> Result<Option<ThreadId>, InvalidInput> {
        Some(&self.thread).filter(|thread| !thread.is_empty()).map(ThreadId::new).transpose()
    }

    /// The page's address here.
    #[must_use]
    pub fn address(&self) -> Address {
        Address::new(&self.user, &self.namespace)
            .on(Some(self.thread.clone()).filter(|thread| !thread.is_empty()))
            .at(self.threshold.trim().parse().ok().and_then(Threshold::new))
    }
}

impl From<&Address> for Place {
    fn from(address: &Address) -> Self {
        Self {
            user: address.user.clone(),
            namespace: address.namespace.clone(),
            thread: address.thread.clone().unwrap_or_default(),
            threshold: address.threshold.map(|threshold| threshold.to_string()).unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_and_its_address_say_the_same() {
        let address = Address::new("alice", "work").on(Some("0123456789ab".into())).at(Threshold::new(0.7));
        assert_eq!(Place::from(&address).address(), address);
    }

    #[test]
    fn a_blank_thread_is_the_current_one() {
        assert_eq!(Place::default().thread_id(), Ok(None));
        assert_eq!(Place::default().scope(), Ok(Scope::default()));
    }
}
