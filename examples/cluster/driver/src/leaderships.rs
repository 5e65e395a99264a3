//! The leaderships in a record, and whether any two of them met.

use crate::record::{ENDED, Entry, LEASE};

/// One leadership, as its master printed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Leadership {
    pub(crate) seat: usize,
    pub(crate) life: u32,
    pub(crate) token: u64,
    pub(crate) from_ns: u64,
    /// When it printed that it stopped, or its process was seen to be dead; `None` while it leads.
    pub(crate) until_ns: Option<u64>,
    /// The last end of its lease that it printed or that its state had. The true one may be later.
    pub(crate) lease_end_ns: u64,
}

/// Two leaderships in a row, and the time between them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Margin {
    pub(crate) before: Leadership,
    pub(crate) after: Leadership,
    /// From the end of the one to the beginning of the other.
    pub(crate) ns: u64,
    /// From the end of the lease of the one to the beginning of the other.
    pub(crate) lease_ns: u64,
}

/// All leaderships of these seats, by their beginnings.
pub(crate) fn leaderships(entries: &[Entry], is_master: impl Fn(usize) -> bool) -> Vec<Leadership> {
    let mut found: Vec<Leadership> = Vec::new();
    for entry in entries.iter().filter(|entry| is_master(entry.seat)) {
        let of_entry = |led: &&mut Leadership| {
            led.seat == entry.seat && led.life == entry.life && led.until_ns.is_none()
        };
        let open = found.iter_mut().find(of_entry);
        match (entry.event.as_str(), open) {
            ("elected", None) => found.push(Leadership {
                seat: entry.seat,
                life: entry.life,
                token: entry.number("token").unwrap_or_default(),
                from_ns: entry.at_ns,
                until_ns: None,
                lease_end_ns: entry.number("lease_end_boottime_ns").unwrap_or_default(),
            }),
            ("confirmed" | "jeopardy" | LEASE, Some(led))
                if entry.number("token") == Some(led.token) =>
            {
                let end = entry.number("lease_end_boottime_ns").unwrap_or_default();
                led.lease_end_ns = led.lease_end_ns.max(end);
            }
            ("stop" | ENDED, Some(led)) => led.until_ns = Some(entry.at_ns),
            _ => {}
        }
    }
    found.sort_by_key(|led| led.from_ns);
    found
}

/// The gaps between leaderships in a row, or the two that met. A later leadership has a higher token.
pub(crate) fn margins(all: &[Leadership]) -> Result<Vec<Margin>, String> {
    let mut margins = Vec::new();
    for pair in all.windows(2) {
        let [before, after] = pair else { continue };
        if after.token <= before.token {
            return Err(format!(
                "the token of seat {} is {}, and that of seat {} before it was {}",
                after.seat, after.token, before.seat, before.token
            ));
        }
        if before.lease_end_ns >= after.from_ns {
            return Err(format!(
                "the lease of token {} ended at {} ns, and token {} led from {} ns on",
                before.token, before.lease_end_ns, after.token, after.from_ns
            ));
        }
        // All that began before `after` must have ended; the one that ended last counts.
        let others = all.iter().take_while(|led| *led != after);
        let mut last = before;
        for other in others {
            match other.until_ns {
                Some(until) if until < after.from_ns => {
                    if last.until_ns < Some(until) {
                        last = other;
                    }
                }
                until => {
                    let until = until.map_or_else(
                        || "has not ended".to_owned(),
                        |until| format!("ended at {until} ns"),
                    );
                    return Err(format!(
                        "the leadership of token {} {until}, and that of token {} began at {} ns",
                        other.token, after.token, after.from_ns
                    ));
                }
            }
        }
        margins.push(Margin {
            before: last.clone(),
            after: after.clone(),
            lease_ns: after.from_ns - before.lease_end_ns,
            ns: after.from_ns - last.until_ns.unwrap_or_default(),
        });
    }
    Ok(margins)
}

/// The smallest gap.
pub(crate) fn smallest(margins: &[Margin]) -> Option<&Margin> {
    margins.iter().min_by_key(|margin| margin.ns)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn line(seat: usize, life: u32, at_ns: u64, event: &str, token: u64) -> Entry {
        let line = json!({
            "event": event, "boottime_ns": at_ns.to_string(), "token": token.to_string(),
            "lease_end_boottime_ns": (at_ns + 5).to_string(),
        });
        Entry::of_line(seat, life, 0, line)
    }

    fn led(seat: usize, token: u64, from_ns: u64, until_ns: Option<u64>) -> Leadership {
        Leadership {
            seat,
            life: 1,
            token,
            from_ns,
            until_ns,
            lease_end_ns: 0,
        }
    }

    #[test]
    fn a_leadership_ends_with_its_stop_or_with_its_process() {
        let entries = [
            line(0, 1, 10, "elected", 7),
            line(0, 1, 15, LEASE, 7),
            line(0, 1, 17, LEASE, 6), // of an earlier life
            line(0, 1, 20, "jeopardy", 7),
            line(0, 1, 24, "stop", 7),
            Entry::of_driver(0, 1, 30, ENDED),
            line(1, 1, 40, "elected", 8),
            line(2, 1, 41, "elected", 9), // no master
            Entry::of_driver(1, 1, 50, ENDED),
            line(1, 2, 60, "elected", 10),
        ];
        let found = leaderships(&entries, |seat| seat < 2);
        let ends: Vec<_> = found
            .iter()
            .map(|led| (led.token, led.until_ns, led.lease_end_ns))
            .collect();
        assert_eq!(ends, [(7, Some(24), 25), (8, Some(50), 45), (10, None, 65)]);
    }

    #[test]
    fn the_lines_of_two_processes_may_be_read_in_any_order() {
        let entries = [
            line(1, 1, 40, "elected", 8),
            line(0, 1, 10, "elected", 7),
            line(0, 1, 24, "stop", 7),
        ];
        let found = leaderships(&entries, |_| true);
        assert_eq!(margins(&found).unwrap()[0].ns, 16);
    }

    #[test]
    fn the_gap_is_measured_and_the_smallest_found() {
        let all = [
            led(0, 1, 10, Some(20)),
            led(1, 2, 50, Some(60)),
            led(0, 3, 63, None),
        ];
        let margins = margins(&all).unwrap();
        assert_eq!(
            margins.iter().map(|margin| margin.ns).collect::<Vec<_>>(),
            [30, 3]
        );
        assert_eq!(smallest(&margins).unwrap().after.token, 3);
        assert_eq!(smallest(&[]), None);
    }

    #[test]
    fn two_leaders_at_once_are_seen() {
        for all in [
            vec![led(0, 1, 10, Some(20)), led(1, 2, 20, None)],
            vec![led(0, 1, 10, Some(20)), led(1, 2, 19, None)],
            vec![led(0, 1, 10, None), led(1, 2, 50, None)],
            // One that lasts over another one.
            vec![
                led(0, 1, 10, Some(100)),
                led(1, 2, 110, Some(120)),
                led(2, 3, 115, None),
            ],
            vec![
                led(0, 1, 10, Some(100)),
                led(1, 2, 20, Some(30)),
                led(2, 3, 50, None),
            ],
        ] {
            assert!(margins(&all).unwrap_err().contains("began at"), "{all:?}");
        }
    }

    #[test]
    fn a_lease_that_ends_too_late_is_seen_also_of_a_process_that_was_killed() {
        let lease = |end_ns| Leadership {
            lease_end_ns: end_ns,
            ..led(0, 1, 10, Some(20))
        };
        let next = led(1, 2, 50, None);
        assert_eq!(margins(&[lease(49), next.clone()]).unwrap()[0].lease_ns, 1);
        assert!(
            margins(&[lease(50), next])
                .unwrap_err()
                .contains("the lease")
        );
    }

    #[test]
    fn a_token_that_does_not_grow_is_seen() {
        let all = [led(0, 2, 10, Some(20)), led(1, 2, 30, None)];
        assert!(margins(&all).unwrap_err().contains("token"));
    }
}
