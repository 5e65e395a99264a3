//! One leader, checked on real servers under real faults: what was seen, and what must be true
//! of it.

pub mod check;
pub mod figures;
pub mod history;
pub mod register;
pub mod tenures;
pub mod timeline;
pub mod writer;
