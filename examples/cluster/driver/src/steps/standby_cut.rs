//! A standby is cut off from ZooKeeper.

use tenure_field::boottime;

use crate::failure::{Step, Stop};
use crate::story::Story;

use super::registered;

pub(super) fn play(story: &mut Story) -> Step<String> {
    let led = story.leader()?;
    let standbys = registered::standbys(story, &led)?;
    let none = || Stop::failed("a standby", "none");
    let standby = *standbys.first().ok_or_else(none)?;
    let name = story.cluster.name(standby).to_owned();
    let mark = story.cluster.record.mark();
    story.act(format!("all packets between {name} and ZooKeeper vanish"));
    story.cluster.begin_fault(format!("{name} cut off"));
    story.cluster.seats[standby].cut();
    let cut_ns = boottime::now_ns();
    story.wait(&format!("{name} to know no leader"), |cluster| {
        cluster.record.first(mark, standby, "leaderless").map(drop)
    })?;
    let took = story.since(cut_ns);
    for path in ["/", "/redirect", "/master/redirect"] {
        let got = story.get(standby, path)?;
        story.check(
            format!("{name} answers {path} with 503, not with a redirect"),
            got.status == 503 && got.location.is_empty(),
            || format!("{} {:?}", got.status, got.location),
        )?;
    }
    story.act(format!("the packets of {name} pass again"));
    story.cluster.heal();
    registered::standbys(story, &led)?;
    let still = story.leader()?;
    // A lease that is renewed late, as on a busy machine, is not the fault's doing.
    let stopped = story.cluster.record.first(mark, led.seat, "stop").is_some();
    story.check(
        format!(
            "{name} is a standby again; {} has led all the time",
            led.name
        ),
        still == led && !stopped,
        || format!("{still:?}"),
    )?;
    Ok(format!(
        "{name} knew no leader after {took}; {} led all the time",
        led.name
    ))
}
