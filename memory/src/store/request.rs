//! Commands together with how their replies are read.
//!
//! Requests are put together before they are run, and however many there are, they share one round trip.

use redis::{Cmd, Value};

use super::{reply, trace};
use crate::Result;

/// What to ask Redis, and what the answer means.
pub(crate) struct Request<'a, T> {
    commands: Vec<Cmd>,
    read: Read<'a, T>,
}

/// How the replies to a request are read.
type Read<'a, T> = Box<dyn FnOnce(&mut Replies) -> Result<T> + Send + 'a>;

/// The replies to the commands of a request, in their order. Every part of a request takes exactly its own.
pub(crate) struct Replies(std::vec::IntoIter<Value>);

impl Replies {
    pub(super) fn new(replies: Vec<Value>) -> Self {
        Self(replies.into_iter())
    }

    fn next(&mut self) -> Value {
        // As many replies as commands: the connection fails otherwise.
        self.0.next().unwrap_or(Value::Nil)
    }
}

impl<'a, T: 'a> Request<'a, T> {
    /// One command.
    pub(super) fn one(command: Cmd, read: impl FnOnce(Value) -> Result<T> + Send + 'a) -> Self {
        Self { commands: vec![command], read: Box::new(|replies| read(replies.next())) }
    }

    /// No command at all.
    pub(crate) fn none(value: T) -> Self
    where
        T: Send,
    {
        Self { commands: Vec::new(), read: Box::new(|_| Ok(value)) }
    }

    /// This one and then another one.
    pub(crate) fn and<U: 'a>(mut self, then: Request<'a, U>) -> Request<'a, (T, U)> {
        self.commands.extend(then.commands);
        let (first, second) = (self.read, then.read);
        Request { commands: self.commands, read: Box::new(|replies| Ok((first(replies)?, second(replies)?))) }
    }

    /// All of them, in order.
    pub(crate) fn all(requests: impl IntoIterator<Item = Self>) -> Request<'a, Vec<T>> {
        let mut commands = Vec::new();
        let mut reads = Vec::new();
        for request in requests {
            commands.extend(request.commands);
            reads.push(request.read);
        }
        Request { commands, read: Box::new(|replies| reads.into_iter().map(|read| read(replies)).collect()) }
    }

    /// The same, with the answer turned into something else.
    pub(crate) fn map<U: 'a>(self, change: impl FnOnce(T) -> U + Send + 'a) -> Request<'a, U> {
        self.and_then(|value| Ok(change(value)))
    }

    /// The same, with the answer turned into something else, or into an error.
    pub(crate) fn and_then<U: 'a>(self, change: impl FnOnce(T) -> Result<U> + Send + 'a) -> Request<'a, U> {
        let read = self.read;
        Request { commands: self.commands, read: Box::new(|replies| change(read(replies)?)) }
    }

    /// The same, with the milliseconds that it took by Redis's own clock.
    pub(crate) fn timed(self) -> Request<'a, (T, f64)> {
        let clock = || Request::one(redis::cmd("TIME"), Ok);
        let timed = clock().and(self).and(clock());
        timed.map(|((began, value), ended)| (value, reply::milliseconds_between(&began, &ended)))
    }

    /// The commands as lines for `redis-cli`.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.commands.iter().map(trace::line).collect()
    }

    /// The commands, and how to read their replies.
    pub(super) fn into_parts(self) -> (Vec<Cmd>, impl FnOnce(Vec<Value>) -> Result<T> + Send + 'a) {
        let read = self.read;
        (self.commands, |replies| read(&mut Replies::new(replies)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(name: &str) -> Request<'static, i64> {
        Request::one(redis::cmd(name), |reply| Ok(reply::integer(&reply)))
    }

    fn answered<T>(request: Request<'_, T>, replies: &[i64]) -> T {
        let (commands, read) = request.into_parts();
        assert_eq!(commands.len(), replies.len());
        read(replies.iter().map(|&reply| Value::Int(reply)).collect()).unwrap()
    }

    #[test]
    fn each_part_reads_the_replies_to_its_own_commands() {
        let several = Request::all([number("B"), number("C")]);
        let request = number("A").and(several).and(Request::none("x")).and(number("D").map(|four| four * 2));
        assert_eq!(answered(request, &[1, 2, 3, 4]), (((1, vec![2, 3]), "x"), 8));
    }

    #[test]
    fn a_timed_request_asks_for_the_time_before_and_after() {
        let (commands, read) = number("A").timed().into_parts();
        assert_eq!(commands.len(), 3);
        let time = |seconds: &str, microseconds: &str| {
            Value::Array(vec![Value::BulkString(seconds.into()), Value::BulkString(microseconds.into())])
        };
        assert_eq!(read(vec![time("1", "500"), Value::Int(7), time("1", "900")]).unwrap(), (7, 0.4));
    }
}
