//! Parameters of watches, beyond the flag of a read.

use super::jute::{DecodeError, Reader, Writer};
use alloc::string::String;
use alloc::vec::Vec;

/// The scope of a persistent watch (`AddWatchMode`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WatchMode {
    /// This znode and its children's names.
    Persistent,
    /// This znode and all below it. It reports no changed lists of children: each child has events
    /// of its own.
    Recursive,
}

impl WatchMode {
    pub(super) fn number(self) -> i32 {
        match self {
            Self::Persistent => 0,
            Self::Recursive => 1,
        }
    }

    pub(super) fn from_number(number: i32) -> Result<Self, DecodeError> {
        match number {
            0 => Ok(Self::Persistent),
            1 => Ok(Self::Recursive),
            _ => Err(DecodeError("a watch mode that there is not")),
        }
    }
}

/// The kind of watches to remove (`WatcherType`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WatchTable {
    /// Those on children's names.
    Children,
    /// Those on data and existence.
    Data,
    /// Both.
    Any,
}

impl WatchTable {
    pub(super) fn number(self) -> i32 {
        match self {
            Self::Children => 1,
            Self::Data => 2,
            Self::Any => 3,
        }
    }

    pub(super) fn from_number(number: i32) -> Result<Self, DecodeError> {
        match number {
            1 => Ok(Self::Children),
            2 => Ok(Self::Data),
            3 => Ok(Self::Any),
            _ => Err(DecodeError("a kind of watch that there is not")),
        }
    }
}

/// The paths that a client watched on a lost connection.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Watches {
    /// The newest transaction that the client has seen: the server fires the watches of all newer
    /// ones.
    pub since: i64,
    /// Znodes watched for changes of their data.
    pub data: Vec<String>,
    /// Znodes watched for their creation.
    pub missing: Vec<String>,
    /// Znodes watched for changes of their children.
    pub children: Vec<String>,
    /// Persistent watches.
    pub persistent: Vec<String>,
    /// Persistent watches on a znode and all below it.
    pub recursive: Vec<String>,
}

impl Watches {
    /// Without the watches that `SetWatches` has no field for.
    pub(super) fn encode(&self, w: &mut Writer<'_>) {
        w.i64(self.since);
        for paths in [&self.data, &self.missing, &self.children] {
            w.vector(paths, |w, path| {
                w.string(path);
            });
        }
    }

    pub(super) fn encode_all(&self, w: &mut Writer<'_>) {
        self.encode(w);
        for paths in [&self.persistent, &self.recursive] {
            w.vector(paths, |w, path| {
                w.string(path);
            });
        }
    }

    pub(super) fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            since: r.i64()?,
            data: r.vector(Reader::string)?,
            missing: r.vector(Reader::string)?,
            children: r.vector(Reader::string)?,
            ..Self::default()
        })
    }

    pub(super) fn decode_all(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let mut watches = Self::decode(r)?;
        watches.persistent = r.vector(Reader::string)?;
        watches.recursive = r.vector(Reader::string)?;
        Ok(watches)
    }
}
