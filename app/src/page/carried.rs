//! How a value that the server read travels inside the document.

use std::{fmt, str::FromStr};

use leptos::serde_json;
use serde::{Serialize, de::DeserializeOwned};

/// A value as JSON text inside the document.
///
/// The default of a resource would do the same through another entrance of `serde_json`: replies to server functions come
/// through `from_slice`, and a second parser for the same types costs 40 kB.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Carried<T>(pub(crate) T);

impl<T: Serialize> fmt::Display for Carried<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(&self.0).map_err(|_| fmt::Error)?)
    }
}

impl<T: DeserializeOwned> FromStr for Carried<T> {
    type Err = serde_json::Error;

    fn from_str(json: &str) -> Result<Self, Self::Err> {
        serde_json::from_slice(json.as_bytes()).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_survives_the_way_through_the_document() {
        let value = Carried(vec![Some(0.1 + 0.2), None]);
        assert_eq!(value.to_string().parse::<Carried<Vec<Option<f64>>>>().ok(), Some(value));
    }
}
