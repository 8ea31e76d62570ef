//! Whether the page follows its memory live, in words.

/// How the page's live stream stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Connection {
    /// There is none yet, or JavaScript is off.
    #[default]
    None,
    /// It stands, and Redis is there.
    Live,
    /// It broke a moment ago and is being made again.
    Reconnecting,
    /// The server has not answered for a while.
    ServerGone,
    /// The server answers, but does not reach Redis.
    RedisGone,
}

impl Connection {
    /// For the lamp.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::None => "Not live",
            Self::Live => "Connected, live",
            Self::Reconnecting => "Reconnecting…",
            Self::ServerGone => "Disconnected: the server does not answer",
            Self::RedisGone => "Disconnected: Redis does not answer",
        }
    }

    /// For its colour, which never stands alone.
    #[must_use]
    pub fn class(self) -> &'static str {
        match self {
            Self::None => "lamp",
            Self::Live => "lamp lamp--live",
            Self::Reconnecting => "lamp lamp--waiting",
            Self::ServerGone | Self::RedisGone => "lamp lamp--gone",
        }
    }

    /// After another failed attempt to connect: the first may be a hiccup.
    #[must_use]
    pub fn after_failure(failures: u32) -> Self {
        if failures < 2 { Self::Reconnecting } else { Self::ServerGone }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_hiccup_is_no_outage() {
        assert_eq!(Connection::after_failure(1), Connection::Reconnecting);
        assert_eq!(Connection::after_failure(2), Connection::ServerGone);
    }
}
