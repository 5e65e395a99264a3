//! The calls of a client that are under way: a caller that never waits meets a limit, and an error that
//! names it, before the process runs out of memory.

use crate::core::{Call, Command, Error, ErrorKind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How many calls of one client may be under way, with the handles that it makes faster than the I/O
/// thread takes them.
pub(super) const CALLS_MAX: usize = 1 << 16;

/// How many more may be under way that give something up: a flood of other calls does not keep a leader
/// from withdrawing.
const FAREWELLS_MAX: usize = 1 << 10;

/// How many bytes of payloads may be under way. A single one always may.
const BYTES_MAX: usize = 64 << 20;

/// The calls and payloads that one client has under way.
#[derive(Debug, Default)]
pub(super) struct Load {
    calls: AtomicUsize,
    bytes: AtomicUsize,
}

/// The right of one call to be under way, given back when it is dropped.
#[derive(Debug)]
pub(super) struct Permit {
    load: Arc<Load>,
    bytes: usize,
}

impl Load {
    /// Admits a command, or returns the limit that it would exceed.
    pub(super) fn admit(self: &Arc<Self>, command: &Command) -> Result<Permit, Error> {
        let bytes = payload(command);
        let permit = Permit {
            load: Arc::clone(self),
            bytes,
        };
        // Counted first; if that was too much, dropping the permit takes it back.
        let calls = self.calls.fetch_add(1, Ordering::Relaxed);
        let before = self.bytes.fetch_add(bytes, Ordering::Relaxed);
        let limit = match gives_up(command) {
            true => CALLS_MAX + FAREWELLS_MAX,
            false => CALLS_MAX,
        };
        if calls >= limit {
            return Err(too_many(format!("{limit} calls")));
        }
        if bytes > 0 && before > 0 && before.saturating_add(bytes) > BYTES_MAX {
            return Err(too_many(format!("{before} bytes of payloads")));
        }
        Ok(permit)
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.load.calls.fetch_sub(1, Ordering::Relaxed);
        self.load.bytes.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

fn too_many(what: String) -> Error {
    Error::new(
        ErrorKind::System,
        format!(
            "this client has {what} under way; wait until some of them are answered, then try again"
        ),
    )
}

fn payload(command: &Command) -> usize {
    match command {
        Command::Contend { spec, .. } => spec.data.len(),
        Command::Call { what, .. } => match what {
            Call::Join { data, .. } | Call::SetData { data } | Call::SetMemberData { data, .. } => {
                data.len()
            }
            Call::Withdraw
            | Call::Cancel { .. }
            | Call::Evict { .. }
            | Call::AwaitEnd { .. }
            | Call::Members
            | Call::Strangers
            | Call::Data { .. } => 0,
        },
        Command::Detect { .. }
        | Command::Group { .. }
        | Command::Watch { .. }
        | Command::Forget { .. }
        | Command::Drop { .. }
        | Command::Close { .. } => 0,
    }
}

fn gives_up(command: &Command) -> bool {
    matches!(
        command,
        Command::Close { .. }
            | Command::Call {
                what: Call::Withdraw | Call::Cancel { .. },
                ..
            }
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::{CallId, Handle};
    use std::time::Duration;

    fn set_data(bytes: usize) -> Command {
        Command::Call {
            handle: Handle(1),
            call: CallId(1),
            what: Call::SetData {
                data: vec![0; bytes],
            },
        }
    }

    #[test]
    fn calls_are_counted_until_they_end_and_farewells_have_room_of_their_own() {
        let load = Arc::new(Load::default());
        let call = CallId(1);
        let members = Command::Call {
            handle: Handle(1),
            call,
            what: Call::Members,
        };
        let close = Command::Close {
            call,
            patience: Duration::ZERO,
        };
        let mut permits: Vec<Permit> = (0..CALLS_MAX)
            .map(|_| load.admit(&members).unwrap())
            .collect();
        for _ in 0..3 {
            let refused = load.admit(&members).unwrap_err();
            assert_eq!(refused.kind(), ErrorKind::System);
            assert!(refused.message().contains("65536 calls under way"));
        }
        let farewells: Vec<Permit> = (0..FAREWELLS_MAX)
            .map(|_| load.admit(&close).unwrap())
            .collect();
        assert!(load.admit(&close).is_err());
        drop(farewells);
        permits.truncate(CALLS_MAX - 1);
        permits.push(load.admit(&members).unwrap());
        drop(permits);
        assert_eq!(load.calls.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn payloads_are_counted_by_their_bytes_and_a_single_one_always_may_go() {
        let load = Arc::new(Load::default());
        let huge = load.admit(&set_data(BYTES_MAX + 1)).unwrap();
        assert!(load.admit(&set_data(1)).is_err());
        assert!(load.admit(&set_data(0)).is_ok());
        drop(huge);
        let half = load.admit(&set_data(BYTES_MAX / 2)).unwrap();
        let other = load.admit(&set_data(BYTES_MAX / 2)).unwrap();
        assert!(load.admit(&set_data(1)).is_err());
        drop((half, other));
        assert_eq!(load.bytes.load(Ordering::Relaxed), 0);
    }
}
