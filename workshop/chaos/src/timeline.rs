//! A picture of a history: each client's belief over time, one row a client, with the faults
//! behind.

use crate::check::Case;
use crate::history::{Entry, Phase};
use crate::tenures::Client;
use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use svg::Document;
use svg::node::element::{Group, Line, Rectangle, Text, Title};
use tenure_field::tool::{Role, What};

/// The file beside a history.
pub const FILE: &str = "timeline.svg";

const LEFT: f64 = 190.0;
const TOP: f64 = 72.0;
const ROW: f64 = 16.0;
const BAR: f64 = 11.0;
const PER_SECOND: f64 = 22.0;
const FONT: &str = "sans-serif";

/// The meaning of a stretch of a row.
#[derive(Clone, Copy)]
enum Shade {
    Leads,
    InDoubt,
    Knows(u64),
    KnowsNone,
    Stopped,
}

impl Shade {
    fn colour(self) -> &'static str {
        const OF_TOKENS: [&str; 4] = ["#5b8dc9", "#8fb3dd", "#6f7fc4", "#9fc0c9"];
        match self {
            Self::Leads => "#2e8b57",
            Self::InDoubt => "#e0a020",
            Self::Knows(token) => OF_TOKENS[usize::try_from(token % 4).unwrap_or(0)],
            Self::KnowsNone => "#cccccc",
            Self::Stopped => "#222222",
        }
    }
}

/// Draws a history into `file`.
///
/// # Errors
/// When the file cannot be written.
pub fn draw(case: &Case<'_>, file: &Path) -> io::Result<()> {
    svg::save(file, &document(case))
}

fn document(case: &Case<'_>) -> Document {
    let begin_ns = first_ns(case);
    let place = Place { begin_ns };
    let mut rows: BTreeMap<(&str, bool, &str), &Client> = BTreeMap::new();
    for (name, client) in &case.clients {
        rows.insert((&client.group, client.role == Role::Detector, name), client);
    }
    let height = TOP + ROW * f64::from(u32::try_from(rows.len()).unwrap_or(u32::MAX)) + 30.0;
    let width = place.x(case.history.end_ns) + 20.0;
    let header = &case.history.header;
    let title = format!(
        "{} seed {}: green leads, yellow is in doubt, black is stopped, blue knows a leader (a \
         shade a token), grey knows that there is none",
        header.plan.name(),
        header.seed
    );
    let mut document = Document::new()
        .set("viewBox", (0, 0, width.ceil(), height.ceil()))
        .set("width", width.ceil())
        .set("height", height.ceil())
        .add(
            Rectangle::new()
                .set("width", "100%")
                .set("height", "100%")
                .set("fill", "white"),
        )
        .add(text(8.0, 16.0, 12, title))
        .add(faults(case, &place, height))
        .add(seconds(case, &place, height));
    for (index, ((group, detects, name), client)) in (0_u32..).zip(rows) {
        let y = TOP + ROW * f64::from(index);
        let role = if detects { " (detects)" } else { "" };
        let label = if name.contains(group) {
            format!("{name}{role}")
        } else {
            format!("{name} {group}{role}")
        };
        document = document.add(text(8.0, y + BAR, 10, label));
        for (shade, from, to, about) in stretches(client, case.history.end_ns) {
            let bar = Rectangle::new()
                .set("x", place.x(from))
                .set("y", y)
                .set("width", (place.x(to) - place.x(from)).max(0.5))
                .set("height", BAR)
                .set("fill", shade.colour())
                .add(Title::new(about));
            document = document.add(bar);
        }
    }
    document
}

struct Place {
    begin_ns: u64,
}

impl Place {
    fn x(&self, at_ns: u64) -> f64 {
        #[allow(clippy::cast_precision_loss)] // a picture
        let seconds = at_ns.saturating_sub(self.begin_ns) as f64 / 1e9;
        LEFT + seconds * PER_SECOND
    }
}

fn first_ns(case: &Case<'_>) -> u64 {
    let started = case.clients.values().map(|client| client.started_ns);
    started.min().unwrap_or(case.history.end_ns)
}

fn text(x: f64, y: f64, size: u32, content: impl Into<String>) -> Text {
    Text::new(content)
        .set("x", x)
        .set("y", y)
        .set("font-size", size)
        .set("font-family", FONT)
}

/// Bands behind the rows, from begin to end of each fault.
fn faults(case: &Case<'_>, place: &Place, height: f64) -> Group {
    let mut group = Group::new();
    for (_, entry) in &case.history.entries {
        let Entry::Fault {
            at_ns,
            id,
            fault,
            phase: Phase::Begin,
            target,
            ..
        } = entry
        else {
            continue;
        };
        let end = case
            .history
            .entries
            .iter()
            .find_map(|(_, entry)| match entry {
                Entry::Fault {
                    at_ns,
                    id: of,
                    phase: Phase::End,
                    ..
                } if of == id => Some(*at_ns),
                _ => None,
            });
        let (from, to) = (place.x(*at_ns), place.x(end.unwrap_or(case.history.end_ns)));
        // Labels of neighbours one below the other.
        let y = 28.0 + [0.0, 12.0, 24.0][usize::try_from(id % 3).unwrap_or(0)];
        let band = Rectangle::new()
            .set("x", from)
            .set("y", y)
            .set("width", (to - from).max(1.0))
            .set("height", height - y)
            .set("fill", "#d04040")
            .set("fill-opacity", 0.12)
            .add(Title::new(format!("{fault} ({target})")));
        group = group
            .add(band)
            .add(text(from + 2.0, y + 9.0, 9, format!("{fault} ({target})")));
    }
    group
}

fn seconds(case: &Case<'_>, place: &Place, height: f64) -> Group {
    let mut group = Group::new();
    let begin_ns = place.begin_ns;
    for second in (0..).step_by(10) {
        let at_ns = begin_ns + second * 1_000_000_000;
        if at_ns > case.history.end_ns {
            break;
        }
        let x = place.x(at_ns);
        let line = Line::new()
            .set("x1", x)
            .set("x2", x)
            .set("y1", TOP)
            .set("y2", height - 20.0);
        group = group.add(line.set("stroke", "#dddddd")).add(text(
            x,
            height - 6.0,
            9,
            format!("{second} s"),
        ));
    }
    group
}

/// The stretches of a client's row.
fn stretches(client: &Client, end_ns: u64) -> Vec<(Shade, u64, u64, String)> {
    let end_ns = client.ended_ns.unwrap_or(end_ns);
    let mut shown = Vec::new();
    let mut open: Option<(Shade, u64, String)> = None;
    for (_, event) in &client.events {
        let next = match &event.what {
            What::Leading(lead) => {
                let about = format!("leads with token {}", lead.token);
                Some((Shade::Leads, about))
            }
            What::Jeopardy(lead) => {
                let about = format!("in doubt, token {}", lead.token);
                Some((Shade::InDoubt, about))
            }
            What::Leader(leader) => {
                let about = format!("knows token {}", leader.token);
                Some((Shade::Knows(leader.token), about))
            }
            What::None => Some((Shade::KnowsNone, "knows that none is".into())),
            What::Lost(_) | What::Unknown | What::Enrolled | What::Standby => None,
            What::Other => continue,
        };
        let at_ns = event.at_ns;
        if let Some((shade, from, about)) = open.take() {
            shown.push((shade, from, at_ns, about));
        }
        open = next.map(|(shade, about)| (shade, at_ns, about));
    }
    shown.extend(open.map(|(shade, from, about)| (shade, from, end_ns, about)));
    let stopped = client.stops.iter();
    shown.extend(stopped.map(|(from, to)| (Shade::Stopped, *from, *to, "stopped".to_owned())));
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::read_text;

    #[test]
    fn clients_and_faults_are_drawn_and_names_cannot_break_out() {
        let text = [
            r#"{"kind":"run","version":1,"plan":"chaos","seed":7,"session_timeout_ms":4000,"tick_ms":500,"slack_ms":1}"#,
            r#"{"kind":"process","at_ns":1000000000,"client":"<a>","group":"/g","role":"contender","change":"started"}"#,
            r#"{"kind":"client","client":"<a>","line":{"event":"leading","boottime_ns":2000000000,"token":"5","lease_end_boottime_ns":3,"reason":"evicted","member":{"path":"/g/x"}}}"#,
            r#"{"kind":"fault","at_ns":3000000000,"id":1,"fault":"expire","phase":"begin","target":"x"}"#,
            r#"{"kind":"client","client":"<a>","line":{"event":"lost","boottime_ns":4000000000,"token":"5","lease_end_boottime_ns":3,"reason":"evicted","member":{"path":"/g/x"}}}"#,
            r#"{"kind":"end","at_ns":5000000000,"lines":6}"#,
        ];
        let history = read_text(&(text.join("\n") + "\n")).unwrap();
        let drawn = document(&Case::new(&history)).to_string();
        assert!(drawn.contains("leads with token 5"), "{drawn}");
        assert!(drawn.contains("expire (x)"), "{drawn}");
        assert!(
            drawn.contains("&lt;a&gt;") && !drawn.contains("<a>"),
            "{drawn}"
        );
        // From 1 to 3 seconds after the first.
        assert!(
            drawn.contains(&format!("width=\"{}\"", 2.0 * PER_SECOND)),
            "{drawn}"
        );
    }
}
