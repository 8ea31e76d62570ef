//! Which model the vectors of a store are of, and where they lie. A hash beside the index says it; a store without one was written
//! by a program that knows one model alone, all-MiniLM-L6-v2.
//!
//! Documents are the same for every model. Each model that was ever chosen by `reembed` has a field of its own in them, and an index
//! of its own over that field, in which the attribute is called `embedding` all the same: so searches differ in the name of the index
//! alone, and one model is served as long as the vectors of another one are on their way.
//!
//! - `standing`: what a store says, and whether a model may use it

mod standing;

use std::collections::HashMap;

use redis::Cmd;

use crate::{
    Embedding, Error, Result,
    embedder::{MODEL, ModelIdentity},
    input::{InvalidInput, Problem},
    keys::Keys,
};

/// The field that Redis's own demos have for a vector.
const FIRST_FIELD: &str = "embedding";

/// Where the vectors of a model lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    /// The index over the documents.
    pub(crate) index: String,
    /// The field of a document that holds the vector.
    pub(crate) field: String,
    /// Numbers of a vector.
    pub(crate) dimensions: usize,
    /// Name of the model.
    pub(crate) model: String,
}

impl Place {
    /// Where the demos have theirs: no other field says of which text the vector is.
    pub(crate) fn is_first(&self) -> bool {
        self.field == FIRST_FIELD
    }

    /// Whether documents have to say of which model their vector is: all other programs take it for one of all-MiniLM-L6-v2.
    pub(crate) fn is_to_be_named(&self) -> bool {
        self.is_first() && self.model != MODEL
    }

    /// The field that says of which text the vector is, by a digest.
    pub(crate) fn of_field(&self) -> String {
        format!("{}_of", self.field)
    }

    /// The field of the document as a path.
    pub(crate) fn path(&self) -> String {
        format!("$.{}", self.field)
    }
}

/// A model with the place of its vectors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Placed {
    pub(crate) model: ModelIdentity,
    pub(crate) place: Place,
    /// Since when it serves, as people read it; empty where nobody knows.
    pub(crate) since: String,
}

impl Placed {
    /// Where a model lies that is the first of its store.
    pub(crate) fn first(model: &ModelIdentity, keys: &Keys, since: String) -> Self {
        let place = Place {
            index: keys.memory_index.clone(),
            field: FIRST_FIELD.into(),
            dimensions: model.dimensions,
            model: model.name.clone(),
        };
        Self { model: model.clone(), place, since }
    }

    /// Where a model lies that comes after another one.
    pub(crate) fn beside(model: &ModelIdentity, keys: &Keys) -> Self {
        let digest = match model.digest.as_str() {
            "" => super::codec::text_digest(&model.name),
            known => known.to_owned(),
        };
        let place = Place {
            index: format!("{}:{}-{digest:.8}", keys.memory_index, Keys::word_of(model)),
            field: format!("{FIRST_FIELD}_{digest:.12}"),
            dimensions: model.dimensions,
            model: model.name.clone(),
        };
        Self { model: model.clone(), place, since: String::new() }
    }

    /// Reads what a hash says under names with this prefix; `None` where it says nothing.
    fn read(fields: &HashMap<String, String>, prefix: &str) -> Option<Self> {
        let field = |name: &str| fields.get(&format!("{prefix}{name}")).cloned();
        let dimensions = field("dimensions")?.parse().ok()?;
        let name = field("name")?;
        let place = Place { index: field("index")?, field: field("field")?, dimensions, model: name.clone() };
        let model = ModelIdentity { name, digest: field("digest").unwrap_or_default(), dimensions };
        Some(Self { model, place, since: field("since").unwrap_or_default() })
    }

    fn told(&self, prefix: &str) -> Vec<(String, String)> {
        let Self { model, place, since } = self;
        let fields = [
            ("name", &model.name),
            ("digest", &model.digest),
            ("dimensions", &model.dimensions.to_string()),
            ("index", &place.index),
            ("field", &place.field),
            ("since", since),
        ];
        fields.map(|(name, value)| (format!("{prefix}{name}"), value.clone())).into()
    }
}

/// What a store says of its models.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ModelRecord {
    /// The one that serves.
    pub(crate) current: Placed,
    /// The one that did before, whose vectors are still there.
    pub(crate) previous: Option<Placed>,
}

const PREVIOUS: &str = "previous_";

impl ModelRecord {
    /// Reads the hash beside the index.
    pub(crate) fn read(fields: &HashMap<String, String>, keys: &Keys) -> Self {
        let unsaid = || Placed::first(&ModelIdentity::default(), keys, String::new());
        Self {
            current: Placed::read(fields, "").unwrap_or_else(unsaid),
            previous: Placed::read(fields, PREVIOUS),
        }
    }

    /// The fields of the hash.
    pub(crate) fn told(&self) -> Vec<(String, String)> {
        let mut fields = self.current.told("");
        fields.extend(self.previous.iter().flat_map(|previous| previous.told(PREVIOUS)));
        fields
    }

    /// Where vectors of this model go: where they lie already, or to a new place.
    pub(crate) fn place_for(&self, model: &ModelIdentity, keys: &Keys) -> Placed {
        let known = [Some(&self.current), self.previous.as_ref()];
        let known = known.into_iter().flatten().find(|placed| placed.model.is(model));
        known.cloned().unwrap_or_else(|| Placed::beside(model, keys))
    }

    /// What the store says once this one serves.
    pub(crate) fn switched_to(self, next: Placed) -> Self {
        if next.place == self.current.place {
            return self;
        }
        Self { previous: Some(self.current), current: next }
    }

    /// That the store holds vectors of another model.
    pub(crate) fn refusal(&self, model: &ModelIdentity) -> Error {
        Error::OtherModel {
            index: self.current.place.index.clone(),
            written_by: self.current.model.name.clone(),
            model: model.name.clone(),
        }
    }
}

/// The command that reads the hash.
pub(super) fn read_record(keys: &Keys) -> Cmd {
    let mut command = redis::cmd("HGETALL");
    command.arg(keys.model());
    command
}

/// The command that writes all of it: one step.
pub(super) fn write_record(keys: &Keys, record: &ModelRecord) -> Cmd {
    let mut command = redis::cmd("HSET");
    command.arg(keys.model());
    for (name, value) in record.told() {
        command.arg(name).arg(value);
    }
    command
}

/// The command that forgets the model before.
pub(super) fn delete_previous(keys: &Keys) -> Cmd {
    let mut command = redis::cmd("HDEL");
    command.arg(keys.model());
    for name in ["name", "digest", "dimensions", "index", "field", "since"] {
        command.arg(format!("{PREVIOUS}{name}"));
    }
    command
}

/// Checks that a vector has as many numbers as those of the store: a document with another one is in no index.
///
/// # Errors
/// [`Error::Invalid`] where it has not.
pub(crate) fn check_dimensions(place: &Place, embedding: &Embedding) -> Result<()> {
    if embedding.dimensions() == place.dimensions {
        return Ok(());
    }
    Err(InvalidInput::new("embedding", Problem::NotAnEmbedding).into())
}

/// A moment as people read it: `2026-11-25T13:05:42Z`.
pub(crate) fn moment(unix_seconds: f64) -> String {
    #[expect(clippy::cast_possible_truncation, reason = "saturates")]
    let seconds = unix_seconds as i64;
    let (days, of_day) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    // The era method: howardhinnant.github.io/date_algorithms.html
    let shifted = days + 719_468;
    let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let (hours, minutes, seconds) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
    format!("{year:04}-{month:02}-{day:02}T{hours:02}:{minutes:02}:{seconds:02}Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn other() -> ModelIdentity {
        ModelIdentity { name: "intfloat/E5 small".into(), digest: "0123456789abcdef".into(), dimensions: 32 }
    }

    fn hash(fields: Vec<(String, String)>) -> HashMap<String, String> {
        fields.into_iter().collect()
    }

    #[test]
    fn a_store_that_says_nothing_is_of_all_minilm_l6_v2() {
        let (keys, record) = (Keys::default(), ModelRecord::read(&HashMap::new(), &Keys::default()));
        assert!(record.current.model.is(&ModelIdentity::default()));
        assert_eq!((record.current.place.index.as_str(), record.previous), ("agentmem:idx", None));
        assert_eq!(
            ModelRecord::read(&HashMap::from([("name".into(), "x".into())]), &keys).current.model.name,
            MODEL
        );
    }

    #[test]
    fn what_is_written_is_read_again_and_a_switch_remembers_what_was_before() {
        let keys = Keys::default();
        let first = ModelRecord::read(&HashMap::new(), &keys);
        let next = first.place_for(&other(), &keys);
        assert_eq!(next.place.index, "agentmem:idx:e5-small-32-01234567");
        assert_eq!(
            (next.place.path().as_str(), next.place.of_field().as_str()),
            ("$.embedding_0123456789ab", "embedding_0123456789ab_of")
        );
        let switched = first.clone().switched_to(next);
        assert_eq!(ModelRecord::read(&hash(switched.told()), &keys), switched);
        // Back to where it was, and nothing new for the one that serves.
        assert_eq!(switched.place_for(&ModelIdentity::default(), &keys), first.current);
        assert_eq!(switched.clone().switched_to(switched.current.clone()), switched);
    }

    #[test]
    fn a_moment_is_told_in_utc() {
        assert_eq!(moment(951_782_400.0), "2000-02-29T00:00:00Z");
        assert_eq!(moment(1_763_797_823.9), "2025-11-22T07:50:23Z");
    }
}
