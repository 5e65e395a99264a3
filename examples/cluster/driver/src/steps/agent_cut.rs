//! An agent is cut off from ZooKeeper.

use serde_json::json;
use tenure_field::boottime;

use crate::failure::{Step, Stop};
use crate::record::number;
use crate::story::Story;

use super::registered;

pub(super) fn play(story: &mut Story) -> Step<String> {
    let led = story.leader()?;
    registered::everybody(story, &led)?;
    let agent = story.agent(1);
    let name = story.cluster.name(agent).to_owned();
    let mark = story.cluster.record.mark();
    story.act(format!(
        "all packets between {name} and ZooKeeper vanish; {} still reaches it",
        led.name
    ));
    story.cluster.begin_fault(format!("{name} cut off"));
    story.cluster.seats[agent].cut();
    let cut_ns = boottime::now_ns();
    story.wait(&format!("{name} to know no leader"), |cluster| {
        cluster.record.first(mark, agent, "lost").map(drop)
    })?;
    let took = story.since(cut_ns);
    // The pings of the real leader, and an order in its name with its true token.
    let path = story.wait(
        &format!("{name} to refuse a message of {}", led.name),
        |cluster| {
            let mut refused = cluster
                .record
                .since(mark, agent)
                .filter(|entry| entry.is("refused"));
            let found = refused.find(|entry| {
                let from = &entry.line["from"];
                from["address"] == led.address.as_str() && number(&from["token"]) == Some(led.token)
            })?;
            Some(found.text("path").to_owned())
        },
    )?;
    let order = json!({
        "from": {"address": led.address, "token": led.token.to_string()},
        "task": {"id": "while-leaderless", "name": "while leaderless", "duration_ms": 1000},
    });
    let address = story.cluster.seats[agent].own_address();
    let got = story.cluster.web.post(&address, "/launch", &order);
    let got = got.map_err(|error| Stop::failed(format!("{name} answers /launch"), error))?;
    story.check(
        format!(
            "{name} answered 403 to {path} of {} itself, and to /launch with its token",
            led.name
        ),
        got.status == 403
            && !registered::running(&story.cluster, agent).contains(&"while-leaderless".to_owned()),
        || format!("{} {}", got.status, got.body),
    )?;

    story.act(format!("the packets of {name} pass again"));
    story.cluster.heal();
    registered::everybody(story, &led)?;
    let still = story.leader()?;
    story.check(
        format!("{name} is back; {} still leads", led.name),
        still == led,
        || format!("{still:?}"),
    )?;
    Ok(format!("{name} obeyed nobody after {took}, and came back"))
}
