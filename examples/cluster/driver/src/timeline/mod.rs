//! The timeline: a lane for each process, a coloured span for each of its beliefs, marks where leases ended,
//! and bands for the faults.

mod svg;

pub(crate) use svg::draw;

/// A belief of one process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) from_ns: u64,
    pub(crate) until_ns: u64,
    /// One of [`CLASSES`].
    pub(crate) class: &'static str,
    pub(crate) label: String,
}

/// One process, or the ensemble.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Lane {
    pub(crate) name: String,
    pub(crate) spans: Vec<Span>,
    /// The ends of its leases.
    pub(crate) marks: Vec<u64>,
}

/// A fault, from its beginning until it was healed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Band {
    pub(crate) name: String,
    pub(crate) from_ns: u64,
    pub(crate) until_ns: u64,
}

/// Everything that is drawn.
#[derive(Clone, Debug, Default)]
pub(crate) struct Chart {
    pub(crate) title: String,
    pub(crate) from_ns: u64,
    pub(crate) until_ns: u64,
    pub(crate) lanes: Vec<Lane>,
    pub(crate) bands: Vec<Band>,
    /// The names of the steps, each at its beginning.
    pub(crate) steps: Vec<(String, u64)>,
}

/// The classes of spans, each with its colours: on a light and on a dark ground.
pub(crate) const CLASSES: &[(&str, &str, &str)] = &[
    ("candidate", "#d0d7de", "#484f58"),
    ("standby", "#9ec5fe", "#1f4f8f"),
    ("leaderless", "#ffd8a8", "#7d4a10"),
    ("leader", "#69db7c", "#1f7a33"),
    ("jeopardy", "#ffe066", "#8a7400"),
    ("stopped", "#ffa8a8", "#8f2b2b"),
    ("registering", "#d0bfff", "#54409a"),
    ("registered", "#96f2d7", "#12705a"),
    ("serving", "#ced4da", "#3d444d"),
];
