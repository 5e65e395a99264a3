//! Virtual time, once: hosts that run clients of the library, a network, and an ensemble of ZooKeeper
//! servers, all in one thread. Nothing here reads a clock, opens a socket or draws from other dice
//! than those that it is given, so the same calls make the same history.
//!
//! A [`World`] has events, and no opinion on them: its user decides which faults happen, and a
//! [`Witness`] sees each event, looks at the world (it cannot change it), and may object. The
//! simulation's witness checks the promises of `GUARANTEES.md`; the witness of the core's tests
//! keeps the events of their clients.
//!
//! | file | contents |
//! |---|---|
//! | `time` | true time, and the clocks of hosts |
//! | `frames`, `exchange` | the content of bytes, and the matching of replies with requests |
//! | `path`, `conn` | links with delays, losses and cuts; TCP connections over them |
//! | `drive` | one input to a client, and all outputs for it |
//! | `host` | a machine, the process on it, and the bytes in its kernel |
//! | `names` | look-ups, and the servers behind addresses |
//! | `record` | the history, as a number and as words |
//! | `witness` | the observer of a world |
//! | `world` | all of it, in order of time |

mod conn;
mod drive;
mod exchange;
mod frames;
mod host;
mod names;
mod path;
mod record;
mod time;
mod witness;
mod world;

pub use conn::Way;
pub use drive::drive;
pub use exchange::{Exchange, Question, Reply};
pub use frames::{bodies, int, long};
pub use host::{Host, Process, Trap};
pub use names::{Names, Target};
pub use path::Quality;
pub use record::Record;
pub use time::{Clock, MS, Nanos, RATE_PPB_MAX, SECOND, nanos, span};
pub use witness::{Arrival, Witness};
pub use world::World;
