//! The options of users.

/// Options of one object.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// The noun of the options.
    pub noun: &'static str,
    /// The rows.
    pub settings: &'static [Setting],
}

/// An option.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// Its name in every language.
    pub name: &'static str,
    /// The kind of its value.
    pub kind: Kind,
    /// Its meaning in a few words: for C++, Python and the tool.
    pub brief: &'static str,
    /// Its meaning in sentences: for Rust and C.
    pub doc: &'static str,
    /// The C header's text on the value, with its range.
    pub value: &'static str,
}

/// The kind of an option's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text; none by default.
    Text,
    /// Bytes; none by default.
    Bytes,
    /// One of the words of an enum of Rust, by default the first.
    Choice(&'static str),
    /// Yes or no; no by default.
    Flag,
    /// A span of time of whole milliseconds.
    Span,
    /// An object with options of its own, which each face makes in its own way.
    Object,
}

/// All options.
pub const OPTIONS: &[Settings] = &[CLIENT, CONTENDER, TLS];

const CLIENT: Settings = Settings {
    noun: "client option",
    settings: &[
        Setting {
            name: "session_timeout",
            kind: Kind::Span,
            brief: "the session timeout to ask for, 1 ms to 24 days; 10 s by default, as in Mesos",
            doc: "The session timeout to ask for, 1 ms to 24 days. The server grants a timeout within its own \
                  limits (2 to 20 ticks unless configured); [`SessionEvent::Connected`] reports it.",
            value: "milliseconds, from 1 to 2147483647 (24 days); checked by tenure_client_open",
        },
        Setting {
            name: "tick",
            kind: Kind::Span,
            brief: "the servers' `tickTime`, which makes leases longer; never less than the servers' real tick",
            doc: "The servers' `tickTime`, 1 ms to 24 days, which makes verified leases longer: without it the \
                  library assumes half of the session timeout, the most that servers with default limits can \
                  have. **Never set less than the servers' real tick.** Behind an observer that follows another \
                  learner (`ObserverMaster`) set twice the tick. If the tick leaves no room for a lease within \
                  the session timeout that the server grants, contenders fail with an error that names both.",
            value: "milliseconds, from 1 to 2147483647; checked by tenure_client_open",
        },
        Setting {
            name: "tls",
            kind: Kind::Object,
            brief: "TLS to the servers",
            doc: "TLS to the servers; the ports in the URL are then their `secureClientPort`s. Only a client \
                  with a `zk://` URL connects to servers; with another URL the options are checked and not \
                  used.",
            value: "",
        },
        Setting {
            name: "undertaker",
            kind: Kind::Object,
            brief: "the helper process that closes the session as soon as this process is dead; off by default",
            doc: "The helper process that closes the session as soon as this process is dead, so that a successor \
                  leads in milliseconds and not after the session timeout; off by default. It starts with the \
                  first client that asks for it, and serves all that name the same program; if it ends, \
                  [`SessionEvent::UndertakerLost`] says so and all else goes on. Only a client with a `zk://` URL \
                  has sessions to close; with another URL the option is not used.",
            value: "the path of the program tenure-undertaker; the empty text for the one that is installed with \
                    the library",
        },
    ],
};

const CONTENDER: Settings = Settings {
    noun: "contender option",
    settings: &[
        Setting {
            name: "label",
            kind: Kind::Text,
            brief: "the part before `_` in the name of the znode",
            doc: "The label: the part before `_` in the name of the znode. Mesos reads the name up to the first \
                  `_`.",
            value: "the label, checked by tenure_contender_new; the empty text for none",
        },
        Setting {
            name: "data",
            kind: Kind::Bytes,
            brief: "the payload of the znode, which detectors get with the leader: at most 1,000,000 bytes",
            doc: "The payload of the znode, which detectors get with the leader.",
            value: "the number of bytes, at most 1,000,000; checked by tenure_contender_new",
        },
        Setting {
            name: "policy",
            kind: Kind::Choice("LeasePolicy"),
            brief: "when leadership ends if no server answers",
            doc: "When leadership ends if no server answers.",
            value: "TENURE_POLICY_...",
        },
        Setting {
            name: "reenrol",
            kind: Kind::Choice("Reenrol"),
            brief: "whether the contender enrols again after a lost candidacy",
            doc: "Whether the contender enrols again after a lost candidacy.",
            value: "TENURE_REENROL_...",
        },
        Setting {
            name: "warm",
            kind: Kind::Flag,
            brief: "whether to keep a lease ready while next in line, for one small write each twelfth of the \
                    session timeout",
            doc: "Whether to keep a lease ready while next in line (not by default). This costs one small write \
                  each twelfth of the session timeout, and leadership then begins with the very event that \
                  reports the end of the predecessor. Otherwise a session that was idle first needs three \
                  committed writes and a tenth of a second.",
            value: "true to keep a lease ready",
        },
        Setting {
            name: "lease",
            kind: Kind::Span,
            brief: "the length of the lease, for which a successor waits: 100 ms to 10 s and no longer than the session \
                    timeout, by default a quarter of that; needs the policy `guarded`, and excludes `fail_over`",
            doc: "The length of the lease, 100 ms to 10 s and no longer than the session timeout; a quarter of the \
                  session timeout, and at most 10 s, by default. Only with [`LeasePolicy::Guarded`], and without \
                  `fail_over`, which has a lease of its own. A successor waits for as long unless the leader has \
                  released its leadership. The leader writes a proof each third of it.",
            value: "milliseconds, from 100 to 10000; checked by tenure_contender_new",
        },
        Setting {
            name: "fail_over",
            kind: Kind::Span,
            brief: "the time in which a successor replaces a leader that is silent: 250 ms to 10 s and less than the \
                    session timeout; needs the policy `guarded`, and excludes `lease`",
            doc: "The time in which a successor replaces a leader that is silent, 250 ms to 10 s and less than the \
                  session timeout; only with [`LeasePolicy::Guarded`], and without `lease`. The leader shows each \
                  tenth of it that it lives; the next in line deletes its znode after four tenths of silence, and waits for its lease, \
                  another four tenths. This costs ten small writes in this time, and needs the right to delete \
                  members and an ensemble that commits a write in less than a tenth of it. A leader that is \
                  suspected wrongly loses its leadership; there are never two.",
            value: "milliseconds, from 250 to 10000; checked by tenure_contender_new",
        },
    ],
};

const TLS: Settings = Settings {
    noun: "TLS option",
    settings: &[
        Setting {
            name: "client_certificate",
            kind: Kind::Object,
            brief: "a PEM file with the client's certificate, and one with its private key",
            doc: "",
            value: "",
        },
        Setting {
            name: "server_name",
            kind: Kind::Text,
            brief: "the name that every server's certificate must contain, instead of the host in the URL",
            doc: "",
            value: "",
        },
    ],
};
