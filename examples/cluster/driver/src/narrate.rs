//! The lines of the programs as narration: those that change the picture.

use crate::beliefs::Part;
use crate::cluster::Cluster;
use crate::human;
use crate::narrator::Tag;
use crate::record::{ENDED, Entry};

/// The narration of an entry; `None` if it adds nothing.
pub(crate) fn line(cluster: &Cluster, entry: &Entry) -> Option<(Tag, String)> {
    let seat = &cluster.seats[entry.seat];
    let name = &seat.name;
    if entry.is(ENDED) {
        return Some((Tag::Lost, format!("the process of {name} has ended")));
    }
    match seat.part {
        Part::Master => master(cluster, name, entry),
        Part::Agent => agent(cluster, name, entry),
        Part::Scheduler => scheduler(cluster, name, entry),
    }
}

fn master(cluster: &Cluster, name: &str, entry: &Entry) -> Option<(Tag, String)> {
    let agent = || {
        let known = entry.text("hostname");
        if known.is_empty() {
            entry.text("agent")
        } else {
            known
        }
    };
    let leader = || cluster.name_of(entry.text("leader"));
    let token = || entry.number("token").unwrap_or_default();
    Some(match entry.event.as_str() {
        "standby" => (Tag::Master, format!("{name} is a standby of {}", leader())),
        "leaderless" => (Tag::Master, format!("{name} knows no leader")),
        "elected" => (Tag::Leader, format!("{name} leads (token {})", token())),
        "confirmed" => (
            Tag::Leader,
            format!("{name} has renewed its lease, and leads on"),
        ),
        "jeopardy" => {
            let end_ns = entry.number("lease_end_boottime_ns").unwrap_or_default();
            let left = human::between(entry.at_ns, end_ns);
            (
                Tag::Leader,
                format!("{name} cannot renew its lease, which ends in {left}"),
            )
        }
        "stop" => (
            Tag::Lost,
            format!("{name} stops: {}", entry.text("message")),
        ),
        "agent_deactivated" => (
            Tag::Master,
            format!("{name} gives no more tasks to {}", agent()),
        ),
        "agent_unreachable" => (Tag::Master, format!("{name} finds {} unreachable", agent())),
        "agent_readmitted" => (Tag::Master, format!("{name} takes {} back", agent())),
        _ => return None,
    })
}

fn agent(cluster: &Cluster, name: &str, entry: &Entry) -> Option<(Tag, String)> {
    let leader = || cluster.name_of(&cluster.seats[entry.seat].state.leader);
    Some(match entry.event.as_str() {
        "registered" => (
            Tag::Agent,
            format!(
                "{name} is registered with {}, as {}",
                leader(),
                entry.text("id")
            ),
        ),
        "reregistered" => (
            Tag::Agent,
            format!("{name} is registered again, with {}", leader()),
        ),
        "lost" => (
            Tag::Agent,
            format!("{name} knows no leader, and accepts nobody"),
        ),
        "disconnected" => (Tag::Agent, format!("{name} is not registered any longer")),
        "refused" => {
            let from = cluster.name_of(entry.line["from"]["address"].as_str().unwrap_or_default());
            (
                Tag::Agent,
                format!(
                    "{name} refuses {} of {from}: {}",
                    entry.text("path"),
                    entry.text("reason")
                ),
            )
        }
        _ => return None,
    })
}

fn scheduler(cluster: &Cluster, name: &str, entry: &Entry) -> Option<(Tag, String)> {
    let leader = || cluster.name_of(entry.text("leader"));
    Some(match entry.event.as_str() {
        "registered" => (
            Tag::Scheduler,
            format!("{name} is registered with {}", leader()),
        ),
        "reregistered" => (
            Tag::Scheduler,
            format!("{name} is registered again with {}", leader()),
        ),
        "disconnected" => (Tag::Scheduler, format!("{name} is disconnected")),
        "agent_lost" => (
            Tag::Scheduler,
            format!("{name} is told that agent {} is lost", entry.text("agent")),
        ),
        "error" => (
            Tag::Lost,
            format!("{name} is told: {}", entry.text("message")),
        ),
        _ => return None,
    })
}
