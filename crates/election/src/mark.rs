//! The mark of a group: the data of the group's znode, by which a leader with a guarded lease tells its
//! successors how long they must wait for it.
//!
//! It is one line of text, for people as well: `tenure 1 leading TOKEN LEASE BEAT COUNT` or
//! `tenure 1 released TOKEN LEASE 0 0`, with both times in milliseconds. Names and versions of znodes are used again
//! when a group is deleted and made again, and a request that was sent before may be carried out after that. Tokens
//! are not used again: every member of the present group is younger than the group's znode, so a mark with an older
//! token tells nothing.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

/// The beginning of a mark of this version.
const HEAD: &str = "tenure 1 ";

/// The last leader of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark {
    /// Whether the leader has ended its leadership and its membership itself.
    pub(crate) released: bool,
    /// The token of the leader.
    pub(crate) token: u64,
    /// The length of its lease, of whole milliseconds.
    pub(crate) lease: Duration,
    /// How often the leader shows that it lives, of whole milliseconds; zero if it does not.
    pub(crate) beat: Duration,
    /// How often it has shown it.
    pub(crate) beats: u64,
}

/// Data that is not a mark, with the sentence for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Foreign(pub(crate) String);

impl Mark {
    /// The mark in the data of a group's znode; `None` if there is no data.
    pub(crate) fn read(data: &[u8]) -> Result<Option<Self>, Foreign> {
        if data.is_empty() {
            return Ok(None);
        }
        let text = core::str::from_utf8(data).unwrap_or_default();
        // Exactly the text that the mark would be written as: anything else is somebody's own.
        match Self::parse(text).filter(|mark| mark.write() == data) {
            Some(mark) => Ok(Some(mark)),
            None if text.starts_with("tenure ") && !text.starts_with(HEAD) => Err(Foreign(
                "holds the mark of a newer version of tenure; use that version here, too".into(),
            )),
            None => Err(Foreign(format!(
                "holds {} bytes of data that are not tenure's; the policy `guarded` keeps its mark there: \
                 remove the data, or choose another group",
                data.len()
            ))),
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let mut words = text.strip_prefix(HEAD)?.split(' ');
        let released = match words.next()? {
            "leading" => false,
            "released" => true,
            _ => return None,
        };
        let mut number = || words.next()?.parse::<u64>().ok();
        let mark = Self {
            released,
            token: number()?,
            lease: Duration::from_millis(number()?),
            beat: Duration::from_millis(number()?),
            beats: number()?,
        };
        words.next().is_none().then_some(mark)
    }

    /// The data of the group's znode.
    pub(crate) fn write(&self) -> Vec<u8> {
        let Self {
            token, lease, beat, ..
        } = self;
        let state = match self.released {
            true => "released",
            false => "leading",
        };
        let (lease, beat) = (lease.as_millis(), beat.as_millis());
        format!("{HEAD}{state} {token} {lease} {beat} {}", self.beats).into_bytes()
    }

    /// The mark after a clean end of the leadership.
    pub(crate) fn after_release(self) -> Self {
        Self {
            released: true,
            beat: Duration::ZERO,
            beats: 0,
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    const MARK: Mark = Mark {
        released: false,
        token: 4_294_967_301,
        lease: Duration::from_millis(2500),
        beat: Duration::from_millis(100),
        beats: 7,
    };

    #[test]
    fn a_mark_is_read_as_it_was_written() {
        assert_eq!(MARK.write(), b"tenure 1 leading 4294967301 2500 100 7");
        let released = MARK.after_release();
        assert_eq!(released.write(), b"tenure 1 released 4294967301 2500 0 0");
        for mark in [MARK, released] {
            assert_eq!(Mark::read(&mark.write()), Ok(Some(mark)));
        }
        assert_eq!(Mark::read(b""), Ok(None));
    }

    #[test]
    fn anything_else_is_somebodys_own() {
        let mut foreign = vec![
            b"10.0.0.7".to_vec(),
            b"tenure 1 leading 1 2 3".to_vec(),
            b"tenure 1 leading 1 2 3 4 5".to_vec(),
            b"tenure 1 leading 01 2 3 4".to_vec(),
            b"tenure 1 leading +1 2 3 4".to_vec(),
            b"tenure 1 leading 1 2 3 4 ".to_vec(),
            b"tenure 1 lapsed 1 2 3 4".to_vec(),
            b"tenure 1 leading 1 2 3 99999999999999999999".to_vec(),
            vec![0xff, 0xfe],
        ];
        for cut in 1..MARK.write().len() {
            foreign.push(MARK.write()[..cut].to_vec());
        }
        for data in foreign {
            // A shorter last number is a number, too.
            if data == b"tenure 1 leading 4294967301 2500 100 " {
                continue;
            }
            assert!(
                Mark::read(&data).is_err(),
                "{:?}",
                String::from_utf8_lossy(&data)
            );
        }
        let newer = Mark::read(b"tenure 2 leading 1").expect_err("a newer version");
        assert!(newer.0.contains("newer version"), "{newer:?}");
    }
}
