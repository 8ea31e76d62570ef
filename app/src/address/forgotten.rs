//! The receipt of forgetting a user in a word of the address, so that the page that a form leads to can tell it.

use agent_memory::{Receipt, Scope};

/// A receipt as a word: `own` or `all`, and the counts of its families in their order, then of what stayed.
#[must_use]
pub fn forgotten_word(receipt: &Receipt) -> String {
    let extent = if receipt.namespace.is_some() { "own" } else { "all" };
    let gone = receipt.families().map(|(_, count)| count);
    let counts = gone.iter().chain([&receipt.ownerless, &receipt.unreached]).map(ToString::to_string);
    format!("{extent}-{}", counts.collect::<Vec<_>>().join("."))
}

/// The receipt that a word tells of, for the user of a scope; `None` where it tells of none.
#[must_use]
pub fn forgotten_of(word: &str, scope: &Scope) -> Option<Receipt> {
    let (extent, counts) = word.split_once('-')?;
    let counts: Vec<u64> = counts.split('.').map(|count| count.parse().ok()).collect::<Option<_>>()?;
    let [
        memories,
        superseded,
        unreadable,
        set_aside,
        threads,
        events,
        answers,
        reviews,
        judgements,
        undo,
        ownerless,
        unreached,
    ] = counts.try_into().ok()?;
    let namespace = match extent {
        "own" => Some(scope.namespace().to_owned()),
        "all" => None,
        _ => return None,
    };
    Some(Receipt {
        user: scope.user().into(),
        namespace,
        dry_run: false,
        memories,
        superseded,
        unreadable,
        set_aside,
        threads,
        events,
        answers,
        reviews,
        judgements,
        undo,
        ownerless,
        unreached,
        unreached_keys: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receipt_survives_the_way_through_the_address() {
        let scope = Scope::new("ada", "work").unwrap();
        for word in ["own-1.2.3.4.5.6.7.8.9.10.11.12", "all-0.0.0.0.0.0.0.0.0.0.0.0"] {
            let receipt = forgotten_of(word, &scope).unwrap();
            assert_eq!(forgotten_word(&receipt), word);
            assert_eq!(receipt.namespace.is_some(), word.starts_with("own"));
        }
    }

    #[test]
    fn nonsense_is_no_receipt() {
        let scope = Scope::new("ada", "work").unwrap();
        for word in
            ["", "own", "all", "own-1", "own-1.2.3.4.5.6.7.8.9.10.11.x", "half-1.2.3.4.5.6.7.8.9.10.11.12"]
        {
            assert_eq!(forgotten_of(word, &scope), None, "{word}");
        }
    }
}
