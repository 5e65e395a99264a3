//! The events of users, as the judge keeps them.

use super::{Judge, World};
use crate::invariants::traffic;
use tenure::core::{
    ContenderEvent, Event, ExpiredBy, GroupEvent, Handle, LeasePolicy, LostReason, SessionEvent,
};

impl Judge {
    /// A user got this event.
    pub(super) fn told(&mut self, world: &World, id: usize, handle: Handle, event: Event) {
        let Some(user) = self.user_mut(id) else {
            return;
        };
        match event {
            Event::Session(event) => self.of_session(world, id, event),
            Event::Detector(event) => {
                if let Some(view) = user.detectors.get_mut(&handle) {
                    view.told = Some(event);
                }
            }
            Event::Group(GroupEvent::MembershipLost { member, .. }) => {
                if let Some(members) = user.memberships.get_mut(&handle) {
                    members.retain(|m| m.path != member.path);
                }
            }
            Event::Group(event) => {
                if let Some(view) = user.groups.get_mut(&handle) {
                    view.told = Some(event);
                }
            }
            Event::Contender(event) => self.of_contender(id, handle, event),
        }
    }

    fn of_session(&mut self, world: &World, id: usize, event: SessionEvent) {
        let Some(user) = &mut self.accounts[id].user else {
            return;
        };
        match event {
            SessionEvent::Connected {
                session, timeout, ..
            } => {
                user.session = Some(session);
                user.timeout = timeout;
                user.attached = true;
                user.committed = None;
                let look = traffic::look(self, id);
                if let Some(user) = self.user_mut(id) {
                    user.requests.grant(look);
                }
            }
            SessionEvent::Suspended { error, .. } => {
                user.attached = false;
                // Not after a server ended the session, for reasons of its own.
                user.counts.suspended += u64::from(!error.contains("reset"));
                let open = user.candidates.values().filter(|c| c.open).count();
                let znodes = world.client(id).map_or(0, |client| client.footprint()[1]);
                user.counts.disturbed += znodes.max(open) as u64;
            }
            SessionEvent::Expired { by } => {
                user.session = None;
                user.attached = false;
                self.marks.hit(match by {
                    ExpiredBy::Server => "session-expired-by-server",
                    ExpiredBy::LocalTimeout => "session-expired-locally",
                });
            }
            SessionEvent::Closed => user.attached = false,
            _ => {}
        }
    }

    fn of_contender(&mut self, id: usize, handle: Handle, event: ContenderEvent) {
        let Some(user) = &mut self.accounts[id].user else {
            return;
        };
        let Some(candidate) = user.candidates.get_mut(&handle) else {
            return;
        };
        let marks = &mut self.marks;
        match event {
            ContenderEvent::Enrolling => {
                candidate.open = true;
                user.counts.begun += 1;
            }
            ContenderEvent::Enrolled { member } => {
                if member.sequence < 0 {
                    marks.hit("counter-wrapped");
                }
                candidate.member = Some(member);
            }
            ContenderEvent::Standby { .. } => marks.hit("contended"),
            ContenderEvent::Leading { member, .. } => {
                candidate.leading = Some(member.token);
                if std::mem::take(&mut candidate.in_jeopardy) {
                    marks.hit("jeopardy-then-leading");
                }
            }
            ContenderEvent::Jeopardy { .. } => candidate.in_jeopardy = true,
            ContenderEvent::Lost {
                member,
                reason,
                led_until,
            } => {
                candidate.open = false;
                candidate.leading = None;
                candidate.in_jeopardy = false;
                candidate.member = None;
                candidate.lost = candidate.lost.max(member.map_or(0, |m| m.token));
                let failed = matches!(reason, LostReason::Failed(_));
                candidate.stopped |= failed || !candidate.reenrols;
                if reason == LostReason::LeaseLapsed {
                    marks.hit("lease-lapsed");
                    if candidate.policy == LeasePolicy::Strict {
                        marks.hit("strict-lapse");
                    }
                }
                match (reason, led_until) {
                    (LostReason::Evicted, _) => marks.hit("evicted"),
                    (LostReason::Withdrawn, Some(_)) => marks.hit("withdrew-while-leading"),
                    _ => {}
                }
            }
            _ => {}
        }
    }
}
