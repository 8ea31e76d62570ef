//! Which model's vectors a store holds: read, said, and found out at the start.

use super::{ModelRecord, Placed, delete_previous, moment, read_record, write_record};
use crate::{
    Result,
    embedder::ModelIdentity,
    keys::Keys,
    store::{Store, index, reply, request::Request, scan::KeyScan, unix_now},
};

impl Store {
    /// What the store says of its models.
    pub(crate) async fn model_record(&self) -> Result<ModelRecord> {
        self.record_under(self.keys()).await
    }

    async fn record_under(&self, keys: &Keys) -> Result<ModelRecord> {
        let read = Request::one(read_record(keys), |fields| Ok(reply::fields(fields)));
        let fields = self.run("read which model it is", read).await?;
        Ok(ModelRecord::read(&fields, keys))
    }

    /// Says it: one step.
    pub(crate) async fn say_model(&self, record: &ModelRecord) -> Result<()> {
        self.write(write_record(self.keys(), record)).await
    }

    /// Says that the vectors of the model before are gone.
    pub(crate) async fn say_no_previous(&self) -> Result<()> {
        self.write(delete_previous(self.keys())).await
    }

    /// Says it where nothing is said any more, since somebody emptied Redis.
    pub(in crate::store) async fn say_again(&self, placed: &Placed) -> Result<()> {
        const ATTEMPT: &str = "note which model it is";
        if placed.model.is(&ModelIdentity::default()) && placed.place.is_first() {
            return Ok(());
        }
        let failed = |error| reply::failed(ATTEMPT, error);
        let said = self.raw(ATTEMPT, read_record(self.keys())).await.map_err(failed)?;
        if !reply::elements(said).is_empty() {
            return Ok(());
        }
        let record = ModelRecord { current: placed.clone(), previous: None };
        self.raw(ATTEMPT, write_record(self.keys(), &record)).await.map(drop).map_err(failed)
    }

    async fn write(&self, command: redis::Cmd) -> Result<()> {
        self.run("note which model it is", Request::one(command, |_| Ok(()))).await
    }

    /// Whether there is any key below a prefix.
    pub(crate) async fn has_keys(&self, prefix: &str) -> Result<bool> {
        let mut keys = KeyScan::of(self, prefix);
        while let Some(found) = keys.next("look for memories").await? {
            if !found.is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whose vectors there are and where they lie, for this model where one is given, and the names that hold there.
    pub(in crate::store) async fn found_place(
        &self,
        model: Option<&ModelIdentity>,
    ) -> Result<(Keys, Placed)> {
        let keys = self.keys();
        let record = self.record_under(keys).await?;
        let Some(model) = model.filter(|model| !record.current.model.is(model)) else {
            return Ok((keys.clone(), record.current));
        };
        let own = keys.of_model(model);
        if own == *keys {
            return Ok((own, self.claimed(keys, record, model).await?));
        }
        self.tell_of_others(&record).await;
        let record = self.record_under(&own).await?;
        let placed = match record.current.model.is(model) {
            true => record.current,
            false => self.claimed(&own, record, model).await?,
        };
        Ok((own, placed))
    }

    /// Makes a store without memories that of a model.
    async fn claimed(&self, keys: &Keys, record: ModelRecord, model: &ModelIdentity) -> Result<Placed> {
        if self.has_keys(&keys.memory_prefix).await? {
            return Err(record.refusal(model));
        }
        let current = Placed::first(model, keys, moment(unix_now()));
        // Who only looks knows no digest, and shall not make it that of nobody.
        if !model.digest.is_empty() {
            self.write(delete_previous(keys)).await?;
            self.write(write_record(keys, &ModelRecord { current: current.clone(), previous: None })).await?;
        }
        Ok(current)
    }

    /// Says that there are memories under the usual names which this model does not see.
    async fn tell_of_others(&self, record: &ModelRecord) {
        let Placed { model, place, .. } = &record.current;
        // Mostly there is no such index.
        let Ok(info) = self.raw("read index", index::info(&place.index)).await else { return };
        let memories = index::parse_info(info).num_docs;
        if memories > 0 {
            let (index, model) = (&place.index, &model.name);
            tracing::warn!(
                index,
                model,
                memories,
                "of another model: not seen until they are embedded again"
            );
        }
    }
}
