//! Known mistakes, to be made on purpose: the simulation must notice each of them.
//!
//! Only the feature `mutants` makes them possible, which is for tests of this project alone.
//! Without it `on` is `false` at compile time, and nothing of this is in the library.

macro_rules! mutants {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal,)+) => {
        /// A mistake. `docs/simulation.md` says who made it first.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[cfg_attr(not(feature = "mutants"), allow(dead_code, unreachable_pub))]
        pub enum Mutant {
            $($(#[doc = $doc])+ $variant,)+
        }

        #[cfg(feature = "mutants")]
        impl Mutant {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// What it is called on the command line.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }

            /// What is done wrong.
            pub fn about(self) -> &'static str {
                match self {
                    $(Self::$variant => concat!($($doc),+),)+
                }
            }
        }
    };
}

mutants! {
    /// The lease runs for 2/3 T from the newest answer, whoever gave it.
    AnyAnswer = "lease-from-answers",
    /// The lease rests on what was sent R before the newest proof, whenever it was answered.
    SentBefore = "lease-from-sends-before-proof",
    /// Requests count from the arrival of their replies.
    ReplyTime = "reply-time-for-send-time",
    /// T is counted anew from each answer's arrival, and so from the disconnection.
    DisconnectTimer = "timer-from-disconnect",
    /// Leadership lasts as long as the session does by our own clock: Mesos's timer.
    Mesos = "mesos-timer",
    /// `is_leading` does not look at the clock. (The simulation reads it so.)
    CachedFlag = "cached-flag",
    /// The lease looks back over one success less.
    OneStepBack = "one-step-back",
    /// The second success back may have been known just before the next proof was sent.
    BackToBack = "proofs-back-to-back",
    /// The lease rests on what the newest proof relied on.
    NoStepBack = "no-step-back",
    /// Replies count at once as relayed to ZooKeeper's leader.
    NoRelay = "no-relay-time",
    /// A connection's handshake renews the lease before any proof has succeeded on it.
    HandshakeProves = "handshake-proves",
    /// An answered read proves as much as a write.
    ReadProves = "read-proves",
    /// A proof counts though a check in its body failed, and nothing else says that the own znode
    /// is gone.
    FailedProof = "failed-check-proves",
    /// A lease that has ended is renewed by the next proof.
    Revived = "revived-lease",
    /// Withdrawing gives the lease up when the znode is gone, not before.
    ReleaseLate = "release-after-delete",
    /// `strict` does not mind a lost connection.
    StrictWaits = "strict-waits",
    /// A predecessor that has vanished makes a leader of who stood behind it.
    VanishedLeads = "vanished-predecessor-leads",
    /// Any watch that fires counts for the present predecessor, whatever znode it is about.
    StaleWatch = "stale-watch",
    /// The watch on the predecessor is not armed anew after a reconnection.
    Unarmed = "watch-not-rearmed",
    /// The own znode is not watched.
    OwnUnwatched = "own-znode-unwatched",
    /// Numbers order members, though the counter wraps.
    SequenceOrder = "sequence-at-the-wrap",
    /// Whose znode it is does not matter, if it looks like ours.
    AnyOwner = "any-owner",
    /// After a lost reply the create is sent again.
    CreateAgain = "create-again",
    /// After a lost reply the delete counts as done.
    DeleteOnce = "delete-once",
    /// A group's path that is missing is not created.
    PathMissing = "missing-path-refused",
    /// A detector does not watch a group's path that is missing.
    PathUnwatched = "missing-path-unwatched",
    /// A session is never over by our own clock.
    NeverOver = "session-never-over",
    /// What a detector knows never grows old.
    NeverStale = "view-never-stale",
    /// T is what the present connection was granted, whatever was granted before.
    GrantedNow = "timeout-of-the-connection",
    /// What a detector knows is as old as the answer, not as the question.
    AsOfArrival = "as-of-the-arrival",
    /// P₁ was only sent, and need not be known, before P was sent.
    SentOnly = "sent-before-known",
    /// The connect request counts from the handshake's answer.
    ConnectAnswered = "connect-from-its-answer",
    /// A session that may be doomed counts from its re-attachment at once.
    DoomedCounts = "doomed-connection-counts",
    /// The newest touch that was relayed counts, though a follower may have lost it.
    NewestTouch = "newest-touch-counts",
    /// A candidate of whom the answer says nothing counts as gone.
    ErrorIsGone = "error-counts-as-gone",
    /// Any error decides what was asked.
    AnyCodeDecides = "any-code-decides",
    /// What was refused or may not be read is asked for again at once.
    AskedAtOnce = "asked-again-at-once",
    /// A znode whose check fails stays in the proof, and takes the others' leases along.
    CulpritTakesAll = "culprit-takes-all",
    /// What a resolver says when nobody waits for it any more is thrown away.
    LateNameLost = "late-address-thrown-away",
    /// An answer that is too long ends the connection, and the next one follows without a pause.
    LongEnds = "long-answer-ends-the-connection",
    /// Bulk reads take all the room there is, and proofs wait behind them.
    BulkFirst = "proofs-behind-bulk-reads",
    /// Those who stood before the sixteen that a contender knows are forgotten.
    FurtherForgotten = "more-than-known-forgotten",
    /// Nobody is told of its jeopardy.
    Untold = "jeopardy-untold",
    /// Requests are numbered anew on each connection.
    XidsAnew = "xids-begin-anew",
    /// A handshake does not name the newest transaction that was seen.
    ZxidUnnamed = "newest-zxid-unnamed",
}

#[cfg(feature = "mutants")]
mod made {
    use super::Mutant;
    use std::cell::Cell;

    thread_local! {
        static MADE: Cell<Option<Mutant>> = const { Cell::new(None) };
    }

    /// Makes this mistake, and no other, on this thread from now on.
    pub fn set(mutant: Option<Mutant>) {
        MADE.set(mutant);
    }

    pub(crate) fn on(mutant: Mutant) -> bool {
        MADE.get() == Some(mutant)
    }
}

#[cfg(feature = "mutants")]
pub(crate) use made::on;
#[cfg(feature = "mutants")]
pub use made::set;

#[cfg(not(feature = "mutants"))]
pub(crate) const fn on(_: Mutant) -> bool {
    false
}
