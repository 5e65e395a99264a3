//! The first exchange of a connection: it creates a session or re-attaches to one.

use super::frame::frame;
use super::jute::{DecodeError, Reader, Writer};
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;

/// The first frame of a connection.
#[derive(Clone, PartialEq, Eq)]
pub struct ConnectRequest {
    /// The newest transaction that this client has seen; a server with an older state refuses the
    /// connection.
    pub last_zxid: i64,
    /// The requested session timeout, in milliseconds.
    pub timeout_ms: i32,
    /// The session to re-attach to, or 0 for a new one.
    pub session: i64,
    /// The password of that session: a secret.
    pub password: Vec<u8>,
}

impl fmt::Debug for ConnectRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConnectRequest")
            .field("last_zxid", &self.last_zxid)
            .field("timeout_ms", &self.timeout_ms)
            .field("session", &format_args!("{:#x}", self.session))
            .finish_non_exhaustive()
    }
}

impl ConnectRequest {
    /// Appends the frame to `out`. The trailing read-only flag is always false: a server without a
    /// quorum must refuse us (it could present a leader that is long gone).
    pub fn encode(&self, out: &mut Vec<u8>) {
        frame(out, |body| {
            Writer::new(body)
                .i32(0)
                .i64(self.last_zxid)
                .i32(self.timeout_ms)
                .i64(self.session)
                .buffer(&self.password)
                .bool(false);
        });
    }

    /// Reads the body of a frame.
    ///
    /// # Errors
    /// Bytes that are not such a record.
    pub fn decode(body: &[u8]) -> Result<Self, DecodeError> {
        let mut r = Reader::new(body);
        r.i32()?;
        Ok(Self {
            last_zxid: r.i64()?,
            timeout_ms: r.i32()?,
            session: r.i64()?,
            password: r.buffer()?.to_vec(),
        })
    }
}

/// The protocol version of an answer by which servers other than ZooKeeper turn a client away.
const TURNED_AWAY: i32 = 42;

/// The server's answer to [`ConnectRequest`].
#[derive(Clone, PartialEq, Eq)]
pub struct ConnectResponse {
    /// The granted session timeout, in milliseconds; 0 when the session has expired.
    pub timeout_ms: i32,
    /// The session, or 0 when it has expired.
    pub session: i64,
    /// The password that re-attaches to it: a secret.
    pub password: Vec<u8>,
}

impl fmt::Debug for ConnectResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConnectResponse")
            .field("timeout_ms", &self.timeout_ms)
            .field("session", &format_args!("{:#x}", self.session))
            .finish_non_exhaustive()
    }
}

impl ConnectResponse {
    /// Appends the frame to `out`.
    pub fn encode(&self, out: &mut Vec<u8>) {
        frame(out, |body| {
            Writer::new(body)
                .i32(0)
                .i32(self.timeout_ms)
                .i64(self.session)
                .buffer(&self.password)
                .bool(false);
        });
    }

    /// Whether the body of a frame turns the client away, as servers other than ZooKeeper do.
    pub fn turns_away(body: &[u8]) -> bool {
        Reader::new(body).i32() == Ok(TURNED_AWAY)
    }

    /// Reads the body of a frame. Servers before 3.4 send no read-only flag; bytes behind the
    /// password are ignored.
    ///
    /// ClickHouse Keeper and RaftKeeper turn a client away with a protocol version of their own. RaftKeeper does so
    /// also when the session has expired, with a timeout of -1: then the answer is that of ZooKeeper.
    ///
    /// # Errors
    /// Bytes that are not such a record, a password that is not 16 bytes long, a server that turns clients away.
    pub fn decode(body: &[u8]) -> Result<Self, DecodeError> {
        let mut r = Reader::new(body);
        let version = r.i32()?;
        if version == TURNED_AWAY {
            return match r.i32()? {
                -1 => Ok(Self {
                    timeout_ms: 0,
                    session: 0,
                    password: vec![0; 16],
                }),
                _ => Err(DecodeError("it serves nobody now; it may have no leader")),
            };
        }
        if version != 0 {
            return Err(DecodeError("unknown protocol version"));
        }
        let response = Self {
            timeout_ms: r.i32()?,
            session: r.i64()?,
            password: r.buffer()?.to_vec(),
        };
        if response.password.len() != 16 {
            return Err(DecodeError("session password is not 16 bytes"));
        }
        Ok(response)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Request;
    use alloc::format;

    /// The bytes that `zookeeper.jute` prescribes, written out by hand.
    #[test]
    fn the_connect_request_is_the_real_one() {
        let mut bytes = Vec::new();
        ConnectRequest {
            last_zxid: 1,
            timeout_ms: 4000,
            session: 2,
            password: vec![0; 16],
        }
        .encode(&mut bytes);
        let mut expected = vec![0, 0, 0, 45, 0, 0, 0, 0];
        expected.extend([0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0x0f, 0xa0]);
        expected.extend([0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 16]);
        expected.extend([0; 17]);
        assert_eq!(bytes, expected);
    }

    #[test]
    fn secrets_are_not_in_debug_output() {
        let shown = format!(
            "{:?} {:?} {:?}",
            Request::Auth {
                scheme: "digest".into(),
                credentials: b"jake:sesame".to_vec()
            },
            ConnectRequest {
                last_zxid: 0,
                timeout_ms: 1,
                session: 1,
                password: b"sesamesesameses!".to_vec()
            },
            ConnectResponse {
                timeout_ms: 1,
                session: 1,
                password: b"sesamesesameses!".to_vec()
            },
        );
        assert!(
            !shown.contains("sesame") && !shown.contains("115, 101"),
            "{shown}"
        );
    }

    #[test]
    fn a_client_that_is_turned_away_knows_whether_its_session_has_expired() {
        let answer = |timeout_ms, session| {
            let mut bytes = Vec::new();
            let mut w = Writer::new(&mut bytes);
            w.i32(42).i32(timeout_ms).i64(session).buffer(&[0; 16]);
            ConnectResponse::decode(&bytes)
        };
        let expired = answer(-1, 7).expect("an expired session");
        assert_eq!((expired.timeout_ms, expired.session), (0, 0));
        for (timeout_ms, session) in [(4000, -1), (0, -1)] {
            let error = answer(timeout_ms, session).expect_err("turned away");
            assert!(error.0.contains("no leader"), "{error:?}");
        }
    }

    #[test]
    fn a_connect_response_without_a_real_password_is_refused() {
        let mut bytes = Vec::new();
        Writer::new(&mut bytes).i32(0).i32(4000).i64(1).i32(1 << 30);
        assert!(ConnectResponse::decode(&bytes).is_err());
    }
}
