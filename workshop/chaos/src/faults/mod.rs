//! The faults, by name.

mod strike;

use std::time::Duration;

pub(crate) use strike::{Blow, aim};

/// The target of a fault: at most one fault for each target is under way at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Side {
    Clients,
    Servers,
}

/// How long a fault lasts, in tenths of T: from, to.
type Tenths = (u32, u32);

macro_rules! faults {
    ($($fault:ident $name:literal $side:ident $tenths:expr, $what:literal;)*) => {
        /// One kind of fault.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub(crate) enum Fault {
            $(#[doc = $what] $fault,)*
        }

        impl Fault {
            pub(crate) const ALL: &[Self] = &[$(Self::$fault,)*];

            pub(crate) fn name(self) -> &'static str {
                match self { $(Self::$fault => $name,)* }
            }

            pub(crate) fn what(self) -> &'static str {
                match self { $(Self::$fault => $what,)* }
            }

            pub(crate) fn side(self) -> Side {
                match self { $(Self::$fault => Side::$side,)* }
            }

            fn tenths(self) -> Tenths {
                match self { $(Self::$fault => $tenths,)* }
            }
        }
    };
}

faults! {
    ClientCut "client-cut" Clients (5, 25), "no packet passes between a leader's host and the servers";
    ClientCutOut "client-cut-out" Clients (5, 25), "packets from a leader's host to servers vanish";
    ClientCutIn "client-cut-in" Clients (5, 25), "packets from servers to a leader's host vanish";
    ClientLoss "client-loss" Clients (10, 30), "30 in 100 packets of a leader's host vanish";
    ClientDelay "client-delay" Clients (10, 30), "each frame of the slow host takes T/10 more, each way";
    ClientReset "client-reset" Clients (1, 10), "connections between a leader's host and all servers are reset";
    ClientStop "client-stop" Clients (12, 25), "a leader is stopped (SIGSTOP) for longer than T";
    ClientFreeze "client-freeze" Clients (15, 25), "a leader, its guardian and its command are stopped for longer than T";
    ClientKill "client-kill" Clients (1, 20), "a leader is killed (SIGKILL), and started again";
    ClientKillAlone "client-kill-alone" Clients (5, 20), "a leader and its undertaker are killed (SIGKILL), and the leader started again";
    GuardianKill "guardian-kill" Clients (1, 20), "the guardian of a leader's command is killed (SIGKILL), and the client started again";
    FollowerCut "follower-cut" Servers (10, 40), "a server that follows is cut off from the others; clients reach it";
    LeaderCut "leader-cut" Servers (10, 40), "the server that leads is cut off from the others; clients reach it";
    QuorumLost "quorum-lost" Servers (10, 30), "no packet passes between servers";
    ServerLoss "server-loss" Servers (10, 30), "30 in 100 packets of a server vanish";
    ServerStopFollower "server-stop-follower" Servers (5, 25), "a server that follows is stopped (SIGSTOP)";
    ServerStopLeader "server-stop-leader" Servers (5, 25), "the server that leads is stopped (SIGSTOP)";
    ServerKillFollower "server-kill-follower" Servers (1, 20), "a server that follows is killed (SIGKILL), and started again";
    ServerKillLeader "server-kill-leader" Servers (1, 20), "the server that leads is killed (SIGKILL), and started again";
    RollingRestart "rolling-restart" Servers (0, 0), "all servers are restarted, one after the other";
    EnsembleDown "ensemble-down" Servers (1, 20), "all servers are killed, and started again";
    DeleteMember "delete-member" Clients (1, 5), "a stranger deletes a leader's znode; its lease is not guarded";
    DeleteGroup "delete-group" Clients (1, 5), "a stranger deletes all members of a group, and its path; its leases are not guarded";
    Expire "expire" Clients (1, 5), "a stranger ends a leader's session; its lease is not guarded";
    DeleteGuardedMember "delete-guarded-member" Clients (3, 10), "a stranger deletes the znode of a leader with a guarded lease, which no packet from servers reaches";
    DeleteGuardedGroup "delete-guarded-group" Clients (3, 10), "a stranger deletes a group with guarded leases and its members; no packet from servers reaches the leader";
    ExpireGuarded "expire-guarded" Clients (3, 10), "a stranger ends the session of a leader with a guarded lease, which no packet from servers reaches";
    ClockStep "clock-step" Clients (5, 15), "the wall clock of a host's clients jumps, by up to an hour, and back";
}

impl Fault {
    /// The fault of this name.
    pub(crate) fn by_name(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|fault| fault.name() == name).copied()
    }

    /// Whether a stranger strikes a group, and if so, whether that group has guarded leases.
    pub(crate) fn strikes_guarded(self) -> Option<bool> {
        match self {
            Self::DeleteGuardedMember | Self::DeleteGuardedGroup | Self::ExpireGuarded => {
                Some(true)
            }
            Self::DeleteMember | Self::DeleteGroup | Self::Expire => Some(false),
            _ => None,
        }
    }

    /// How long it lasts, with a session timeout of `timeout`; `chance` is from 0 to 1.
    pub(crate) fn hold(self, timeout: Duration, chance: f64) -> Duration {
        let (from, to) = self.tenths();
        let tenths = f64::from(from) + f64::from(to - from) * chance;
        timeout.mul_f64(tenths / 10.0)
    }
}
