//! The memories around memories: who lies within a distance of whom.

use super::LongTermMemory;
use crate::{
    Embedding, Result,
    filter::MemoryFilter,
    model::{Kind, MemoryRecord},
    scope::{MemoryId, Scope},
    store::{query::Telling, reply, request::Request},
    threshold::Threshold,
};

/// Neighbours of a memory that are looked at.
const NEIGHBOURS: usize = 8;

/// A memory with the current ones of its kind around it.
pub(crate) struct Neighbours {
    pub(crate) memory: MemoryRecord,
    /// Nearest first, each with its distance.
    pub(crate) near: Vec<MemoryRecord>,
}

impl LongTermMemory {
    /// What lies around these memories of the scope within a distance, by the vectors that they are stored with. Those that
    /// are gone, whose kind is a word of another program, or whose vector is of no use, are left out.
    pub(crate) async fn neighbours(
        &self,
        scope: &Scope,
        ids: &[MemoryId],
        within: Threshold,
    ) -> Result<Vec<Neighbours>> {
        let memories = self.of_ids(scope, ids).await?;
        let vectors = memories.iter().map(|memory| self.vector_request(&memory.id));
        let vectors = self.store.run("read vectors", Request::all(vectors.collect::<Vec<_>>())).await?;
        let asked: Vec<(MemoryRecord, Embedding, MemoryFilter)> = memories
            .into_iter()
            .zip(vectors)
            .filter_map(|(memory, vector)| {
                let kind = memory.kind.parse::<Kind>().ok()?;
                Some((memory, vector?, MemoryFilter::of_kind(Some(kind))))
            })
            .collect();
        let searches = asked.iter().map(|(_, vector, filter)| {
            self.nearest_request(scope, filter, NEIGHBOURS, vector, Telling::Lives)
        });
        let found = self.store.run("look around", Request::all(searches.collect::<Vec<_>>())).await?;
        let mut around = Vec::with_capacity(found.len());
        for ((memory, vector, filter), rows) in asked.iter().zip(found) {
            let mut near = self.filled(scope, filter, NEIGHBOURS, vector, rows).await?;
            near.retain(|other| {
                other.id != memory.id && other.distance.is_some_and(|distance| within.includes(distance))
            });
            around.push(Neighbours { memory: memory.clone(), near });
        }
        Ok(around)
    }

    fn vector_request(&self, id: &MemoryId) -> Request<'static, Option<Embedding>> {
        let mut command = redis::cmd("JSON.GET");
        command.arg(self.key(id)).arg(self.store.place().path());
        let dimensions = self.store.place().dimensions;
        Request::one(command, move |vector| {
            let numbers =
                reply::text(&vector).and_then(|json| serde_json::from_str::<Vec<Vec<f32>>>(&json).ok());
            let embedding = numbers.and_then(|mut numbers| Embedding::new(numbers.pop()?).ok());
            Ok(embedding.filter(|embedding| embedding.dimensions() == dimensions))
        })
    }
}
