//! From the first line to the last, and to the exit status.

use std::panic::{AssertUnwindSafe, catch_unwind};

use console::style;

use crate::acts;
use crate::failure::{Failure, Step, Stop};
use crate::human;
use crate::interrupt::{self, Interrupt};
use crate::logs;
use crate::stage::{self, Settings, Stage};
use crate::table::{self, Finding};
use crate::timeline::{Tag, Timeline};

/// Plays all acts; returns the exit status.
pub(crate) fn run(settings: Settings, interrupt: Interrupt, keep_logs: bool) -> u8 {
    let mut timeline = Timeline::new(interrupt.clone());
    greet(&timeline, &settings);
    let server = match stage::start_server(&mut timeline, settings.tick) {
        Ok(server) => server,
        Err(stop) => {
            let stop = interrupt.check().map_or_else(|stop| stop, |()| stop);
            return conclude(&timeline, &Err(stop), "", Ok(()));
        }
    };
    let serves = format!(
        "ZooKeeper serves on {}, pid {}, its data in {}",
        server.addr(),
        server.pid(),
        server.directory().display()
    );
    timeline.say(Tag::Server, serves);
    let mut stage = Stage::new(settings, timeline, interrupt.clone(), server);

    let mut findings = Vec::new();
    let played = catch_unwind(AssertUnwindSafe(|| acts::play(&mut stage, &mut findings)))
        .unwrap_or_else(|panic| Err(Stop::panicked("the run goes on", &*panic)))
        // Ctrl-C goes to the children too; whatever that made fail is no failure.
        .or_else(|stop| interrupt.check().and(Err(stop)));
    stage.timeline.end_wait();
    if let Err(Stop::Interrupted) = played {
        stage
            .timeline
            .say(Tag::Demo, "interrupted; everything is ended now");
    }

    let last_words = stage.cast.last_words();
    let kept = keep_logs.then(|| logs::keep(&stage));
    let (timeline, clean) = stage.close();
    end(&timeline, &findings);
    match kept {
        Some(Ok(folder)) => {
            timeline.print(&format!("What everybody said is in {}.", folder.display()))
        }
        Some(Err(error)) => timeline.print(&format!("The logs could not be kept: {error}.")),
        None => {}
    }
    conclude(&timeline, &played, &last_words, clean)
}

fn greet(timeline: &Timeline, settings: &Settings) {
    let (timeout, tick) = (settings.session_timeout, settings.tick);
    timeline.print(
        &style("tenure: one leader at a time, seen at work")
            .bold()
            .to_string(),
    );
    timeline.print(&format!(
        "Three contenders (w1, w2, w3) and two detectors (d1, d2), each a process of its own.\n\
         T, the session timeout, is {}; the server's tick is {}. Times are from CLOCK_BOOTTIME,\n\
         as each process wrote them.\n",
        human::setting(timeout),
        human::setting(tick),
    ));
}

fn end(timeline: &Timeline, findings: &[Finding]) {
    if findings.is_empty() {
        return;
    }
    timeline.print("");
    timeline.print(&table::table(findings));
}

/// Says how it ended, and returns the exit status.
fn conclude(
    timeline: &Timeline,
    played: &Step<()>,
    last_words: &str,
    clean: Result<(), String>,
) -> u8 {
    let took = human::span(timeline.elapsed());
    let left = clean.map_err(|left| format!("left behind: {left}"));
    match (played, left) {
        (Ok(()), Ok(())) => {
            let text = format!("each step did what it says, in {took}; nothing is left behind");
            timeline.print(&format!("{}  {text}", style("PASS").green().bold()));
            0
        }
        (Ok(()), Err(left)) => {
            timeline.print(&format!("{}  {left}", style("FAIL").red().bold()));
            1
        }
        (Err(Stop::Interrupted), left) => {
            let left = left
                .err()
                .unwrap_or_else(|| "nothing is left behind".to_owned());
            timeline.print(&format!("{}  {left}", style("INTERRUPTED").yellow().bold()));
            interrupt::EXIT_STATUS
        }
        (Err(Stop::Failed(failure)), left) => {
            report(timeline, failure, last_words);
            let left = left
                .err()
                .unwrap_or_else(|| "everything was ended".to_owned());
            let text = format!("a step did not do what it says, after {took}; {left}");
            timeline.print(&format!("{}  {text}", style("FAIL").red().bold()));
            1
        }
    }
}

fn report(timeline: &Timeline, failure: &Failure, last_words: &str) {
    timeline.print("");
    timeline.say(Tag::Failure, format!("in \"{}\"", timeline.part()));
    timeline.print(&failure.to_string());
    if !last_words.is_empty() {
        timeline.print("What each process said last:");
        timeline.print(last_words);
    }
}
