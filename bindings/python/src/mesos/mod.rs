//! The masters, agents and schedulers of Apache Mesos, natively: values and machines. Contenders and detectors
//! of masters are those of every group, with a payload that `python/tenure/mesos/` writes and reads.

pub(crate) mod agent;
pub(crate) mod driver;
pub(crate) mod info;
pub(crate) mod master;
pub(crate) mod observer;
mod output;
mod role;
