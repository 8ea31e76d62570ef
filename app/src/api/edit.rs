//! Edits one memory.

use agent_memory::{Error, InvalidInput, Memory, MemoryId};

use super::{change::ChangeForm, history::state_of};
use crate::address::{Address, Deed, Done};

/// Edits a memory, unless it was changed since the form began with it; `None` where nothing is another value.
pub(super) async fn edit(
    memory: &Memory,
    address: &Address,
    form: &ChangeForm,
) -> Result<Option<Done>, Error> {
    let (scope, memory_id) = (address.scope()?, MemoryId::existing(&*form.memory_id)?);
    let gone = || Error::NoSuchMemory { memory_id: memory_id.clone() };
    let before = memory.history(&scope, &memory_id).await?.ok_or_else(gone)?;
    if state_of(&before) != form.seen {
        return Err(
            InvalidInput::unfit("memory", "looked at again: somebody else changed it meanwhile").into()
        );
    }
    let edit = parse::edit(form, &before.memory, parse::now())?;
    memory.edit(&scope, &memory_id, &edit).await?.ok_or_else(gone)?;
    let undo = memory.history(&scope, &memory_id).await?.map(|after| state_of(&after));
    Ok(undo.filter(|undo| *undo != form.seen).map(|undo| Done { deed: Deed::Edit, count: 1, undo }))
}

/// From what is typed to an edit.
mod parse {
    use agent_memory::{InvalidInput, Kind, Lifetime, MemoryRecord, Text, service::TextEdit};

    use super::super::change::ChangeForm;
    use crate::view::instant::{LAST_OF_DAY, unix_of_date};

    const DAY_SECONDS: u64 = 86_400;

    /// What the form changes of a memory; the text only where it is another one, which spares the model.
    pub(super) fn edit(form: &ChangeForm, memory: &MemoryRecord, now: f64) -> Result<TextEdit, InvalidInput> {
        let text = Text::new(&form.text)?;
        // A kind of another program stays as long as nobody chooses one of ours.
        let kind = form.kind.parse::<Kind>().ok();
        let is_new = form.kind != memory.kind || form.lifetime == "kind";
        Ok(TextEdit {
            text: Some(text).filter(|text| text.as_str() != memory.text),
            kind: kind.filter(|_| is_new),
            lifetime: lifetime(form, now)?,
            tags: Some(tags(&form.tags)),
        })
    }

    fn lifetime(form: &ChangeForm, now: f64) -> Result<Lifetime, InvalidInput> {
        match form.lifetime.as_str() {
            "pinned" => Ok(Lifetime::Stays),
            "days" => {
                let days = form.days.trim().parse::<u64>().ok().filter(|days| *days > 0);
                let days = days.ok_or(InvalidInput::unfit("days", "a whole number from 1 on"))?;
                Lifetime::from_ttl(Some(days.saturating_mul(DAY_SECONDS)))
            }
            "until" => {
                let left = unix_of_date(&form.until).map(|midnight| (midnight + LAST_OF_DAY - now).floor());
                let left = left.filter(|left| *left >= 1.0);
                let left = left.ok_or(InvalidInput::unfit("until", "a date that is not over"))?;
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "at least 1, saturates"
                )]
                Lifetime::from_ttl(Some(left as u64))
            }
            _ => Ok(Lifetime::OfKind),
        }
    }

    /// Labels as they are typed, each once.
    fn tags(typed: &str) -> Vec<String> {
        let mut tags: Vec<String> = Vec::new();
        for tag in typed.split(',').map(str::trim).filter(|tag| !tag.is_empty()) {
            if !tags.iter().any(|known| known == tag) {
                tags.push(tag.into());
            }
        }
        tags
    }

    /// In Unix seconds.
    pub(super) fn now() -> f64 {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        since.map_or(0.0, |since| since.as_secs_f64())
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        fn form(lifetime: &str, days: &str, until: &str) -> ChangeForm {
            let mut form =
                ChangeForm { text: "Tea.".into(), kind: "episodic".into(), ..ChangeForm::default() };
            (form.lifetime, form.days, form.until) = (lifetime.into(), days.into(), until.into());
            form
        }

        #[test]
        fn only_what_is_another_value_is_changed() {
            let memory =
                MemoryRecord { text: "Tea.".into(), kind: "episodic".into(), ..MemoryRecord::default() };
            let unchanged = edit(&form("keep", "", ""), &memory, 0.0).unwrap();
            assert_eq!(unchanged, TextEdit { tags: Some(Vec::new()), ..TextEdit::default() });
            let renewed = edit(&form("kind", "", ""), &memory, 0.0).unwrap();
            assert_eq!((renewed.kind, renewed.lifetime), (Some(Kind::Episodic), Lifetime::OfKind));
            let foreign = MemoryRecord { kind: "procedural".into(), ..memory };
            let kept =
                ChangeForm { kind: "procedural".into(), tags: " a, b c ,,a".into(), ..form("keep", "", "") };
            let kept = edit(&kept, &foreign, 0.0).unwrap();
            assert_eq!((kept.kind, kept.tags), (None, Some(vec!["a".into(), "b c".into()])));
        }

        #[test]
        fn a_lifetime_is_days_or_the_end_of_a_day() {
            let seconds = |form: &ChangeForm| lifetime(form, 1_795_305_600.0).map(Option::<u64>::from);
            assert_eq!(seconds(&form("days", " 2 ", "")), Ok(Some(172_800)));
            assert_eq!(seconds(&form("until", "", "2026-11-22")), Ok(Some(86_399)));
            assert_eq!(seconds(&form("pinned", "x", "y")), Ok(Some(0)));
            for wrong in [form("days", "0", ""), form("days", "-1", ""), form("days", "4000", "")] {
                assert!(seconds(&wrong).is_err(), "{wrong:?}");
            }
            for wrong in ["", "2026-11-21", "2126-11-21"] {
                assert!(seconds(&form("until", "", wrong)).is_err(), "{wrong}");
            }
        }
    }
}
