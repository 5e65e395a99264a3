//! Virtual time, once: hosts that run clients of the library, a network, and an ensemble of ZooKeeper
//! servers, all in one thread. Nothing here reads a clock, opens a socket or draws from other dice
//! than those that it is given, so the same calls make the same history.
//!
//! A [`World`] knows what happens, and not what should: its user decides what goes wrong, and a
//! [`Witness`] sees each thing that happens, looks at the world (it cannot change it), and may
//! object. The simulation's witness holds the promises of `GUARANTEES.md` against it; the witness of the
//! core's tests keeps what their clients were told.
//!
//! | file | what |
//! |---|---|
//! | `time` | true time, and the clocks of hosts |
//! | `frames`, `exchange` | what bytes say, and which reply answers which request |
//! | `path`, `conn` | links with delays, losses and cuts; TCP connections over them |
//! | `host` | a machine, the process on it, and what its kernel has taken in |
//! | `names` | look-ups, and where addresses lead |
//! | `record` | what happened, as a number and as words |
//! | `witness` | who looks on |
//! | `world` | all of it in order of time |

mod conn;
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
pub use exchange::{Exchange, Question, Reply};
pub use frames::{bodies, int, long};
pub use host::{Host, Process, Trap};
pub use names::{Names, Target};
pub use path::Quality;
pub use record::Record;
pub use time::{Clock, MS, Nanos, RATE_PPB_MAX, SECOND, nanos, span};
pub use witness::{Arrival, Witness};
pub use world::World;
