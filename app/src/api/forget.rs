//! Forgets a user for good, after what would go was shown and the name was typed.

use leptos::prelude::*;

use super::ApiError;

/// Forgets the user of the page, `own` in its namespace or `all` in every one. It leads back to the page with the receipt, see
/// [`crate::address::forgotten_word`].
///
/// Only the browser posts its form: nothing of it is in the front end.
///
/// # Errors
/// A name that is not the user's to the letter, a bad extent, or Redis gone.
#[server(name = ForgetUser, prefix = "/api/fn", endpoint = "forget_user")]
pub async fn forget_user(
    /// Where the page stands.
    at: String,
    /// `own` or `all`.
    extent: String,
    /// The user's name, typed once more.
    #[server(default)]
    name: String,
) -> Result<(), ApiError> {
    use super::host::{answered, lead_to, memory};
    use crate::address::{Address, forgotten_word};
    use agent_memory::{Error, InvalidInput};

    let (memory, address) = (memory()?, Address::from_query(&at));
    let forget = async {
        let scope = address.scope()?;
        if name.trim_matches(' ') != scope.user() {
            return Err(Error::from(InvalidInput::unfit("name", "that of the user, to the letter")));
        }
        let namespace = match extent.as_str() {
            "own" => Some(scope.namespace()),
            "all" => None,
            _ => return Err(InvalidInput::unfit("extent", "own or all").into()),
        };
        memory.forget_user(scope.user(), namespace, false).await
    };
    let receipt = answered("forget_user", forget.await)?;
    // Nothing of theirs stays in the address either: no text, no thread.
    let there = address.opened(&address.user, &address.namespace);
    lead_to(&there.with_forget(Some(forgotten_word(&receipt))));
    Ok(())
}

/// What the sheet about forgetting the user shows, as HTML: what would go, the form, and who else there is; or the receipt.
/// Empty where it is not open. Redis looks at all keys for it, so it is read once for each page and never follows what others write.
#[cfg(feature = "ssr")]
pub(crate) async fn look_at_forget(
    memory: &agent_memory::Memory,
    address: &crate::address::Address,
) -> Result<String, agent_memory::Error> {
    use crate::{address::forgotten_of, components::forget_sheet};

    let Some(word) = &address.forget else { return Ok(String::new()) };
    let scope = address.scope()?;
    let receipt = match forgotten_of(word, &scope) {
        Some(receipt) => receipt,
        None => {
            let namespace = (word != "all").then(|| scope.namespace());
            memory.forget_user(scope.user(), namespace, true).await?
        }
    };
    Ok(forget_sheet(address, &receipt, &memory.users().await?))
}
