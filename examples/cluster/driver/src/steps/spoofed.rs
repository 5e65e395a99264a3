//! Orders in the name of a deposed master.

use serde_json::json;

use crate::failure::{Step, Stop};
use crate::story::Story;

use super::registered;

/// The task that must not run.
const TASK: &str = "spoofed";

pub(super) fn play(story: &mut Story) -> Step<String> {
    let led = story.leader()?;
    registered::everybody(story, &led)?;
    let standbys = registered::standbys(story, &led)?;
    let agent = story.agent(1);
    let name = story.cluster.name(agent).to_owned();
    // The last one that led before; in a run of few steps, a standby that might have.
    let all = story.cluster.leaderships();
    let old = all.iter().rev().find(|old| old.token < led.token);
    let (old_seat, old_token) = old.map_or((standbys[0], 1), |old| (old.seat, old.token));
    let (old_name, old_address) = (
        story.cluster.name(old_seat).to_owned(),
        story.cluster.address(old_seat).to_owned(),
    );
    let address = story.cluster.seats[agent].own_address();

    for (about, from_address, token) in [
        (
            format!("the deposed {old_name}, with its old token"),
            &old_address,
            old_token,
        ),
        (
            format!("{old_name}'s token from the address of {}", led.name),
            &led.address,
            old_token,
        ),
        (
            format!("{}'s token from the address of {old_name}", led.name),
            &old_address,
            led.token,
        ),
    ] {
        let mark = story.cluster.record.mark();
        let order = json!({
            "from": {"address": from_address, "token": token.to_string()},
            "task": {"id": TASK, "name": "an order of nobody", "duration_ms": 60_000},
        });
        let got = story.cluster.web.post(&address, "/launch", &order);
        let got = got.map_err(|error| Stop::failed(format!("{name} answers /launch"), error))?;
        story.check(
            format!("{name} answers 403 to an order of {about}"),
            got.status == 403 && got.body.contains(&led.address),
            || format!("{} {}", got.status, got.body),
        )?;
        story.wait(&format!("{name} to report the refusal"), |cluster| {
            let mut refused = cluster
                .record
                .since(mark, agent)
                .filter(|entry| entry.is("refused"));
            let of_order = refused.find(|entry| {
                let from = &entry.line["from"];
                from["address"] == from_address.as_str()
                    && from["token"] == token.to_string().as_str()
            });
            of_order.map(drop)
        })?;
    }
    let state = story.cluster.web.get(&address, "/state");
    let state = state.map_err(|error| Stop::failed(format!("{name} answers /state"), error))?;
    let ran = registered::running(&story.cluster, agent).contains(&TASK.to_owned());
    story.check(
        format!("{name} runs no such task, and obeys {} as before", led.name),
        !ran && !state.body.contains(TASK) && state.json()["state"] == "registered",
        || state.body.clone(),
    )?;
    Ok("all three refused with 403, nothing ran".to_owned())
}
