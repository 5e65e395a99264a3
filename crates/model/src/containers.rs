//! Containers: the leader deletes those that have had children and have none left
//! (`ContainerManager`).

use super::bus::Bus;
use super::server::{Role, Server};
use super::txn::Write;

/// When the leader checks the containers: at a fixed rate from the start of its leadership.
#[derive(Debug)]
pub(super) struct Checks {
    every: u64,
    next: u64,
}

impl Checks {
    pub(super) fn new(every: u64) -> Self {
        Self {
            every: every.max(1),
            next: u64::MAX,
        }
    }

    pub(super) fn start(&mut self, now: u64) {
        self.next = now.saturating_add(self.every);
    }

    /// Skips the checks that are past: they had no container to check.
    pub(super) fn skip_to(&mut self, now: u64) {
        if self.next < now {
            let missed = (now - self.next).div_ceil(self.every);
            self.next += missed * self.every;
        }
    }
}

impl Server {
    /// When the leader may delete a container next, in nanoseconds.
    pub(super) fn container_deadline(&self) -> Option<u64> {
        match &self.role {
            Role::Leading(leader) if self.tree.has_containers() => Some(leader.checks.next),
            Role::Leading(_) | Role::Looking { .. } | Role::Learning(_) => None,
        }
    }

    pub(super) fn check_containers(&mut self, bus: &mut Bus) {
        if self.container_deadline().is_none_or(|at| at > bus.now) {
            return;
        }
        for path in self.tree.deserted() {
            self.propose(0, 0, None, &[], Write::DeleteContainer { path }, bus);
        }
        if let Role::Leading(leader) = &mut self.role {
            leader.checks.skip_to(bus.now.saturating_add(1));
        }
    }
}
