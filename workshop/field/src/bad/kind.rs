//! The kinds of misbehaviour.

/// The misbehaviour of a [`Server`](super::Server). All streams are bounded; after the last byte a
/// connection stays open and silent until the client ends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Accepts and sends nothing.
    Silent,
    /// Accepts and resets.
    Reset,
    /// Does not listen; the port stays bound, so that no other process gets it meanwhile.
    Refuse,
    /// Sends bytes that look random, the same for the same seed.
    Garbage(u64),
    /// Announces a frame of 2 GiB − 1 and sends the first 8 MiB of it.
    HugeFrame,
    /// Announces a frame of −1 bytes.
    NegativeLength,
    /// Sends a thousand frames without payload.
    EmptyFrames,
    /// Answers as a web server does.
    Http,
    /// Answers the handshake with a frame that is too short for one.
    ShortHandshake,
    /// Grants a session and sends nothing else, not even replies to pings.
    HandshakeThenSilent,
    /// Grants a session and closes the connection.
    HandshakeThenClose,
    /// Grants a session and then sends frames of random payload, the same for
    /// the same seed.
    RandomFrames(u64),
    /// Grants a session and answers each request with a reply to another one.
    UnknownXid,
    /// Grants a session and answers each request with success and a body whose
    /// first length is 2 GiB − 1.
    HugeInnerLength,
    /// Grants a session and answers each request with success and no body.
    EmptyBody,
    /// Grants a session, sends a watch event whose path is not UTF-8, and
    /// answers only pings.
    WatchPathNotUtf8,
}

impl Kind {
    /// One of each, with a fixed seed where there is one: for tests that loop over all of them.
    pub const ALL: [Self; 16] = [
        Self::Silent,
        Self::Reset,
        Self::Refuse,
        Self::Garbage(1),
        Self::HugeFrame,
        Self::NegativeLength,
        Self::EmptyFrames,
        Self::Http,
        Self::ShortHandshake,
        Self::HandshakeThenSilent,
        Self::HandshakeThenClose,
        Self::RandomFrames(1),
        Self::UnknownXid,
        Self::HugeInnerLength,
        Self::EmptyBody,
        Self::WatchPathNotUtf8,
    ];
}
