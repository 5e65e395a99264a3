//! Changes inputs without guidance, where there is no instrumentation. The same seed makes the same
//! inputs.

use fastrand::Rng;

/// Numbers at the limits of the protocol.
const EDGES: [i32; 10] = [
    0,
    1,
    -1,
    -2,
    16,
    -112,
    i32::MAX,
    i32::MIN,
    4 << 20,
    (4 << 20) + 1,
];
const BYTES_MAX: usize = 4096;

/// Makes inputs from inputs.
#[derive(Debug)]
pub struct Mutator {
    rng: Rng,
    corpus: Vec<Vec<u8>>,
}

impl Mutator {
    /// Begins with these inputs.
    pub fn new(seed: u64, corpus: Vec<Vec<u8>>) -> Self {
        Self {
            rng: Rng::with_seed(seed),
            corpus,
        }
    }

    /// Below `limit`.
    fn below(&mut self, limit: usize) -> usize {
        self.rng.usize(..limit.max(1))
    }

    fn any(&mut self) -> Vec<u8> {
        let at = self.below(self.corpus.len());
        self.corpus.get(at).cloned().unwrap_or_default()
    }

    /// The next input.
    pub fn next_input(&mut self) -> Vec<u8> {
        let mut input = self.any();
        if self.below(20) == 0 {
            let length = self.below(512);
            input = (0..length).map(|_| self.byte()).collect();
        }
        for _ in 0..=self.below(6) {
            self.change(&mut input);
        }
        input.truncate(BYTES_MAX);
        input
    }

    fn byte(&mut self) -> u8 {
        u8::try_from(self.below(256)).unwrap_or(0)
    }

    fn change(&mut self, input: &mut Vec<u8>) {
        let (from, to) = (self.below(input.len() + 1), self.below(input.len() + 1));
        let (from, to) = (from.min(to), from.max(to));
        match self.below(7) {
            0 => drop(input.drain(from..to)),
            1 => {
                let part = input[from..to].to_vec();
                let at = self.below(input.len() + 1);
                input.splice(at..at, part);
            }
            2 => {
                let other = self.any();
                let (a, b) = (self.below(other.len() + 1), self.below(other.len() + 1));
                input.splice(from..to, other[a.min(b)..a.max(b)].iter().copied());
            }
            3 => {
                let edge = EDGES[self.below(EDGES.len())].to_be_bytes();
                let end = (from + 4).min(input.len());
                input.splice(from..end, edge);
            }
            4 => {
                let byte = self.byte();
                input.insert(from, byte);
            }
            _ => {
                let byte = self.byte();
                if let Some(old) = input.get_mut(from) {
                    *old ^= 1 << (byte % 8);
                }
            }
        }
    }
}
