//! Everything that the programs have printed, and that was done to them, in the order in which it was read.

use serde_json::Value;

/// The event of an entry that no program prints: a process was started.
pub(crate) const STARTED: &str = "driver: started";
/// The event of an entry that no program prints: a process has ended.
pub(crate) const ENDED: &str = "driver: ended";

/// The event of an entry that no program prints: a leader had a lease, as its state says.
pub(crate) const LEASE: &str = "driver: lease";

/// One event of one program.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// The number of its seat.
    pub(crate) seat: usize,
    /// Which process of the seat it was; 1 is the first.
    pub(crate) life: u32,
    /// When the program printed it, on the boot-time clock.
    pub(crate) at_ns: u64,
    pub(crate) event: String,
    /// The whole line; null for most that the driver adds.
    pub(crate) line: Value,
}

impl Entry {
    /// The entry of a line; `arrived_ns` counts if the line names no instant.
    pub(crate) fn of_line(seat: usize, life: u32, arrived_ns: u64, line: Value) -> Self {
        let event = line["event"].as_str().unwrap_or("text").to_owned();
        Self {
            seat,
            life,
            at_ns: number(&line["boottime_ns"]).unwrap_or(arrived_ns),
            event,
            line,
        }
    }

    /// An entry that the driver adds.
    pub(crate) fn of_driver(seat: usize, life: u32, at_ns: u64, event: &str) -> Self {
        Self {
            seat,
            life,
            at_ns,
            event: event.to_owned(),
            line: Value::Null,
        }
    }

    pub(crate) fn is(&self, event: &str) -> bool {
        self.event == event
    }

    /// A text of the line, empty where it has none.
    pub(crate) fn text(&self, key: &str) -> &str {
        self.line[key].as_str().unwrap_or_default()
    }

    /// A 64-bit number of the line: JSON has it as a decimal string.
    pub(crate) fn number(&self, key: &str) -> Option<u64> {
        number(&self.line[key])
    }
}

/// A 64-bit number, as a decimal string or as a number.
pub(crate) fn number(value: &Value) -> Option<u64> {
    let text = value.as_str().and_then(|text| text.parse().ok());
    text.or_else(|| value.as_u64())
}

/// A fault that the driver makes, until it is healed.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    pub(crate) name: String,
    pub(crate) from_ns: u64,
    pub(crate) until_ns: Option<u64>,
}

/// The record of a run.
#[derive(Debug, Default)]
pub(crate) struct Record {
    pub(crate) entries: Vec<Entry>,
    pub(crate) faults: Vec<Fault>,
    /// The steps that were played, each with its beginning.
    pub(crate) steps: Vec<(String, u64)>,
}

/// A place in the record: the entries that were read later are those after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mark(usize);

impl Record {
    pub(crate) fn mark(&self) -> Mark {
        Mark(self.entries.len())
    }

    /// The entries of a seat after a mark.
    pub(crate) fn since(&self, mark: Mark, seat: usize) -> impl Iterator<Item = &Entry> {
        let later = self.entries.get(mark.0..).unwrap_or_default();
        later.iter().filter(move |entry| entry.seat == seat)
    }

    /// The first such event of a seat after a mark.
    pub(crate) fn first(&self, mark: Mark, seat: usize, event: &str) -> Option<&Entry> {
        self.since(mark, seat).find(|entry| entry.is(event))
    }

    /// The last event of a seat that is one of these, with the entry.
    pub(crate) fn last_of(&self, seat: usize, events: &[&str]) -> Option<&Entry> {
        let mut back = self.entries.iter().rev();
        back.find(|entry| entry.seat == seat && events.contains(&entry.event.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_line_has_its_own_instant_and_a_strange_one_that_of_its_arrival() {
        let line =
            json!({"event": "elected", "boottime_ns": "17", "token": "18446744073709551615"});
        let entry = Entry::of_line(0, 1, 99, line);
        assert_eq!((entry.at_ns, entry.event.as_str()), (17, "elected"));
        assert_eq!(entry.number("token"), Some(u64::MAX));
        let strange = Entry::of_line(0, 1, 99, json!("hello"));
        assert_eq!((strange.at_ns, strange.event.as_str()), (99, "text"));
        assert_eq!(strange.text("token"), "");
    }

    #[test]
    fn only_what_came_after_the_mark_is_found() {
        let mut record = Record::default();
        record.entries.push(Entry::of_driver(0, 1, 1, "standby"));
        let mark = record.mark();
        assert!(record.first(mark, 0, "standby").is_none());
        record.entries.push(Entry::of_driver(1, 1, 2, "standby"));
        assert!(record.first(mark, 0, "standby").is_none());
        record.entries.push(Entry::of_driver(0, 1, 3, "standby"));
        assert_eq!(
            record.first(mark, 0, "standby").map(|entry| entry.at_ns),
            Some(3)
        );
        assert_eq!(
            record.last_of(0, &["standby"]).map(|entry| entry.at_ns),
            Some(3)
        );
    }
}
