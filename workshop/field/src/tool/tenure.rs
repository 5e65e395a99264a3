//! The tenures of a client, computed from its own lines.

use super::event::{Event, Member, What};

/// One client's time as leader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tenure {
    /// The fencing token.
    pub token: u64,
    /// The znode.
    pub member: Member,
    /// The place of the `leading` that begins it among the client's events.
    pub event: usize,
    /// When the client printed that it leads; or the end of the lease, if that was before, as when
    /// a stopped process prints its lines late.
    pub begin_ns: u64,
    /// The last instant at which the client may have believed that it leads: the earliest of the
    /// lease end that it printed last, of its `lost`, and of its own end. `None` while the tenure
    /// lasts.
    pub end_ns: Option<u64>,
    /// When the client printed that it lost.
    pub lost_ns: Option<u64>,
    /// Whether it gave leadership up by itself.
    pub given_up: bool,
    /// Whether no line of the client ended it.
    pub open: bool,
}

/// All tenures of one client, in order. `over_ns` is the instant at which the client was ended, or
/// at which its lines were last read; no tenure lasts longer.
pub fn tenures<'a>(
    events: impl IntoIterator<Item = &'a Event>,
    over_ns: Option<u64>,
) -> Vec<Tenure> {
    let mut done = Vec::new();
    let mut open: Option<Tenure> = None;
    // The end of a lease in jeopardy; a renewal makes it void.
    let mut doubted: Option<u64> = None;
    for (place, event) in events.into_iter().enumerate() {
        let at_ns = event.at_ns;
        match &event.what {
            What::Leading(lead) => {
                doubted = None;
                if open.as_ref().is_some_and(|open| open.token == lead.token) {
                    continue;
                }
                let next = Tenure {
                    token: lead.token,
                    member: lead.member.clone(),
                    event: place,
                    begin_ns: at_ns.min(lead.lease_end_ns),
                    end_ns: None,
                    lost_ns: None,
                    given_up: false,
                    open: true,
                };
                // It never printed that it lost; it cannot lead twice.
                done.extend(open.replace(next).map(|former| Tenure {
                    end_ns: Some(at_ns),
                    open: false,
                    ..former
                }));
            }
            What::Jeopardy(lead) => doubted = Some(lead.lease_end_ns),
            What::Lost(loss) if loss.token.is_some() => {
                doubted = None;
                let lost = open.take_if(|open| Some(open.token) == loss.token);
                done.extend(lost.map(|tenure| Tenure {
                    end_ns: Some(at_ns.min(loss.lease_end_ns)),
                    lost_ns: Some(at_ns),
                    given_up: loss.is_given_up(),
                    open: false,
                    ..tenure
                }));
            }
            _ => {}
        }
    }
    done.extend(open.map(|tenure| Tenure {
        end_ns: over_ns.map(|over| doubted.map_or(over, |end| end.min(over))),
        ..tenure
    }));
    done
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// An event at `at` with the token `token` and a lease that ends at `end`.
    fn event(name: &str, at: u64, token: u64, end: u64) -> Event {
        Event::read(&json!({
            "event": name, "boottime_ns": at, "token": token.to_string(),
            "lease_end_boottime_ns": end, "reason": "lease_lapsed", "member": {"path": "/g/x"},
        }))
        .unwrap()
    }

    fn spans(events: &[Event], over_ns: Option<u64>) -> Vec<(u64, u64, Option<u64>, bool)> {
        let all = tenures(events, over_ns).into_iter();
        all.map(|t| (t.token, t.begin_ns, t.end_ns, t.open))
            .collect()
    }

    #[test]
    fn a_tenure_ends_with_its_lease_and_not_with_the_line() {
        let events = [
            event("leading", 10, 5, 14),
            event("jeopardy", 12, 5, 15),
            event("leading", 13, 5, 17),
            event("lost", 19, 5, 18),
            event("leading", 30, 7, 34),
        ];
        let all = spans(&events, None);
        assert_eq!(all, [(5, 10, Some(18), false), (7, 30, None, true)]);
        assert_eq!(tenures(&events, None)[0].lost_ns, Some(19));
    }

    #[test]
    fn a_client_that_is_ended_believes_no_longer_than_its_lease_in_doubt() {
        let events = [event("leading", 10, 5, 14), event("jeopardy", 12, 5, 15)];
        assert_eq!(spans(&events, Some(13)), [(5, 10, Some(13), true)]);
        assert_eq!(spans(&events, Some(99)), [(5, 10, Some(15), true)]);
        assert_eq!(spans(&events[..1], Some(99)), [(5, 10, Some(99), true)]);
    }

    #[test]
    fn news_of_a_lease_that_is_over_begin_at_its_end() {
        let late = [event("leading", 20, 5, 14)];
        assert_eq!(spans(&late, None), [(5, 14, None, true)]);
    }

    #[test]
    fn a_second_leadership_ends_the_first() {
        let twice = [event("leading", 10, 5, 14), event("leading", 20, 7, 24)];
        let all = spans(&twice, None);
        assert_eq!(all, [(5, 10, Some(20), false), (7, 20, None, true)]);
    }
}
