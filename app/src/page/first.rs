//! What the server knows before it renders the page; it travels inside the document.

use serde::{Deserialize, Serialize};

use super::Reading;
use crate::api::ApiError;

/// What the page begins with, on both sides.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct First {
    /// The first reading.
    pub reading: Reading,
    /// The form that was refused to come here, where it was posted without JavaScript.
    pub refused: Option<Refused>,
    /// What the sheet about forgetting the user shows, as HTML; empty where it is not open.
    pub forget: String,
}

/// A form that was refused.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Refused {
    /// The path of its server function.
    path: String,
    /// Why.
    error: ApiError,
}

impl First {
    /// Where nothing is known.
    #[must_use]
    pub fn unknown() -> Self {
        Self {
            reading: Reading { at: String::new(), result: Err(ApiError::Failed) },
            refused: None,
            forget: String::new(),
        }
    }

    /// Reads what the page at this query begins with.
    #[cfg(feature = "ssr")]
    pub async fn read(memory: &agent_memory::Memory, query: &str) -> Self {
        let address = crate::address::Address::from_query(query);
        let reading = super::reads::first_reading(memory, &address).await;
        let forget = crate::api::look_at_forget(memory, &address).await;
        let forget = forget.map_err(|error| crate::api::refused("forget_user", error)).unwrap_or_default();
        Self { reading, refused: Refused::from_query(query), forget }
    }
}

impl Refused {
    /// Leptos leads a browser back from a refused form with the path and the error in the query.
    #[cfg(feature = "ssr")]
    fn from_query(query: &str) -> Option<Self> {
        use leptos::server_fn::error::ServerFnUrlError;

        let mut fields = crate::address::decode(query);
        let path = fields.find_map(|(name, value)| (name == "__path").then_some(value))?;
        let error = fields.find_map(|(name, value)| (name == "__err").then_some(value))?;
        Some(Self { path, error: ServerFnUrlError::decode_err(&error) })
    }

    /// Why the form of this server function was refused, if it was.
    pub(super) fn of(&self, path: &str) -> Option<ApiError> {
        (self.path == path).then(|| self.error.clone())
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use leptos::server_fn::error::ServerFnUrlError;

    use super::*;

    #[test]
    fn a_refused_form_is_read_from_where_leptos_leads_back_to() {
        let error = ApiError::Invalid { field: "text".into(), problem: "is required".into() };
        let url =
            ServerFnUrlError::new("/api/fn/turn", error.clone()).to_url("http://localhost/?user=a").unwrap();
        let refused = Refused::from_query(url.query().unwrap()).unwrap();
        assert_eq!(refused.of("/api/fn/turn"), Some(error));
        assert_eq!(refused.of("/api/fn/reset"), None);
        assert_eq!(Refused::from_query("user=a&__path=/x"), None);
    }
}
