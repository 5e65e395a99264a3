//! The programs start; one master leads.

use crate::beliefs::Part;
use crate::failure::Step;
use crate::narrator::Tag;
use crate::story::Story;

use super::registered;

pub(super) fn play(story: &mut Story) -> Step<String> {
    let started_ns = tenure_field::boottime::now_ns();
    let mark = story.cluster.record.mark();
    story.act("the masters m1, m2 and m3 start");
    story.cluster.start(Part::Master);
    let led = registered::next_leader(story, mark)?;
    let took = story.since(started_ns);
    let standbys = registered::standbys(story, &led)?;
    story.check(
        format!("{} leads after {took}, the others are standbys", led.name),
        true,
        String::new,
    )?;

    for seat in standbys {
        let name = story.cluster.name(seat).to_owned();
        let [page, redirect] = ["/", "/master/redirect"].map(|path| story.get(seat, path));
        let (page, redirect) = (page?, redirect?);
        let [to_page, to_leader] = [format!("//{}/", led.address), format!("//{}", led.address)];
        story.check(
            format!("{name} answers / with 307 and Location: {to_page}"),
            page.status == 307
                && page.location == to_page
                && redirect.status == 307
                && redirect.location == to_leader,
            || {
                format!(
                    "/: {} {:?}; /master/redirect: {} {:?}",
                    page.status, page.location, redirect.status, redirect.location
                )
            },
        )?;
    }
    let page = story.get(led.seat, "/")?;
    story.check(
        format!("{} answers / with its page", led.name),
        page.status == 200 && page.body.contains("<html"),
        || {
            format!(
                "{} {}",
                page.status,
                page.body.chars().take(200).collect::<String>()
            )
        },
    )?;

    story.act("the agents a1 and a2 and the scheduler s1 start");
    story.cluster.start(Part::Agent);
    story.cluster.start(Part::Scheduler);
    registered::everybody(story, &led)?;
    let scheduler = story.scheduler();
    let (id, at_ns) = story.wait("a task to finish", |cluster| {
        let mut told = cluster.record.since(mark, scheduler);
        let finished =
            told.find(|entry| entry.is("status") && entry.text("state") == "TASK_FINISHED")?;
        Some((finished.text("id").to_owned(), finished.at_ns))
    })?;
    story.narrator.say_at(
        at_ns,
        Tag::Check,
        format!("the task {id} has run and finished"),
    );
    Ok(format!(
        "{} leads after {took}, token {}",
        led.name, led.token
    ))
}
