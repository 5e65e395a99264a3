//! Apache Mesos on top of tenure, as pure code: bytes and values, with no clock, thread or socket.
//!
//! [`info`] has `MasterInfo`, the payload of a master's znode, in each form that Mesos writes or reads. [`roles`] has the
//! parts that processes play in a Mesos cluster, each as a small state machine over the events of contenders and
//! detectors. The rules are those of Apache Mesos 1.12.0, and each rule names its source file there.

#![no_std]

extern crate alloc;

pub mod info;
pub mod roles;
pub mod words;
