//! The history of a world: always as a number, so that two runs can be compared, and as words on
//! request.

use crate::time::Nanos;
use std::collections::VecDeque;
use std::hash::{DefaultHasher, Hash, Hasher};

/// The history of a world.
#[derive(Debug, Default)]
pub struct Record {
    hasher: DefaultHasher,
    /// How many of the last events are kept in words.
    kept: usize,
    words: VecDeque<String>,
}

impl Record {
    /// An empty history. It will keep the last `kept` events in words.
    #[must_use]
    pub fn new(kept: usize) -> Self {
        Self {
            hasher: DefaultHasher::new(),
            kept,
            words: VecDeque::new(),
        }
    }

    /// Records an event. The words are made only if they are kept.
    pub fn note(&mut self, now: Nanos, what: impl Hash, words: impl FnOnce() -> String) {
        now.hash(&mut self.hasher);
        what.hash(&mut self.hasher);
        if self.kept > 0 {
            if self.words.len() == self.kept {
                self.words.pop_front();
            }
            let (seconds, rest) = (now / 1_000_000_000, now % 1_000_000_000);
            self.words
                .push_back(format!("{seconds:>4}.{rest:09} {}", words()));
        }
    }

    /// A number that two runs of the same world share.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.hasher.finish()
    }

    /// The last events, the oldest first.
    #[must_use]
    pub fn words(self) -> Vec<String> {
        self.words.into()
    }
}
