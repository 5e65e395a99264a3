//! Matches replies with requests, on one connection: a server answers in the order of the requests.

use crate::frames::{int, long};
use std::collections::VecDeque;
use tenure::core::Time;
use tenure::proto::{op, xid};

/// A request and its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Question {
    /// When it was sent, by the client's clock.
    pub sent: Time,
    /// The newest transaction that any server had applied by then.
    pub before: i64,
    /// The newest transaction that the server had applied when it answered.
    pub zxid: i64,
}

/// The kind of a server's frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply {
    /// No complete frame of a server: bytes of a client, a piece of a frame, or an answer to
    /// nothing.
    None,
    /// A watch has fired.
    Event,
    /// The answer to the handshake.
    Handshake,
    /// The answer to a ping.
    Ping,
    /// The answer to a request with this operation, and whether it failed.
    Of(i32, bool),
}

/// The requests of a client on one connection, and their answers.
#[derive(Debug, Default)]
pub struct Exchange {
    greeted: bool,
    answered: bool,
    /// Requests without an answer: their xid, their operation, and when they were sent.
    asked: VecDeque<(i32, i32, Question)>,
}

impl Exchange {
    /// Whether the client has sent its handshake.
    #[must_use]
    pub fn is_greeted(&self) -> bool {
        self.greeted
    }

    /// Whether the server has answered it.
    #[must_use]
    pub fn is_answered(&self) -> bool {
        self.answered
    }

    /// The client sends its handshake, and nothing else with it.
    pub fn greet(&mut self) {
        self.greeted = true;
    }

    /// The client sends the frame with this body. The order of replies leaves out the answers to
    /// pings and passwords.
    pub fn ask(&mut self, body: &[u8], sent: Time, before: i64) {
        let (Some(number @ 1..), Some(operation)) = (int(body, 0), int(body, 4)) else {
            return;
        };
        let question = Question {
            sent,
            before,
            zxid: 0,
        };
        self.asked.push_back((number, operation, question));
    }

    /// The request that a frame from the server answers.
    pub fn answer(&mut self, bytes: &[u8]) -> (Reply, Option<Question>) {
        if !std::mem::replace(&mut self.answered, true) {
            return (Reply::Handshake, None);
        }
        let (number, err) = (int(bytes, 4), int(bytes, 16));
        match number {
            Some(xid::PING) => (Reply::Ping, None),
            Some(xid::NOTIFICATION) => (Reply::Event, None),
            Some(number) if number > 0 => {
                while let Some((asked, operation, question)) = self.asked.pop_front() {
                    if asked == number {
                        // The outcome of a multi is in its body.
                        let inside = operation == op::MULTI && int(bytes, 20) == Some(-1);
                        let zxid = long(bytes, 8).unwrap_or(0);
                        let question = Question { zxid, ..question };
                        let reply = Reply::Of(operation, err != Some(0) || inside);
                        return (reply, Some(question));
                    }
                }
                (Reply::None, None)
            }
            _ => (Reply::None, None),
        }
    }
}
