//! A run from the first line to the exit code.

use std::panic::{AssertUnwindSafe, catch_unwind};

use console::style;
use tenure_field::interrupt::{EXIT_STATUS, Interrupt};

use crate::acts;
use crate::demo::{self, Demo, Settings};
use crate::failure::{Failure, Step, Stop, check};
use crate::human;
use crate::logs;
use crate::narrator::{Narrator, Tag};
use crate::table::{self, Finding};

/// Plays all acts; returns the exit code.
pub(crate) fn run(settings: Settings, interrupt: Interrupt, keep_logs: bool) -> u8 {
    let mut narrator = Narrator::new(interrupt.clone());
    greet(&narrator, &settings);
    let server = match demo::start_server(&mut narrator, settings.tick) {
        Ok(server) => server,
        Err(stop) => {
            let stop = check(&interrupt).map_or_else(|stop| stop, |()| stop);
            return conclude(&narrator, &Err(stop), "", Ok(()));
        }
    };
    let serves = format!(
        "ZooKeeper serves on {}, pid {}, its data in {}",
        server.addr(),
        server.pid(),
        server.directory().display()
    );
    narrator.say(Tag::Server, serves);
    let mut demo = Demo::new(settings, narrator, interrupt.clone(), server);

    let mut findings = Vec::new();
    let played = catch_unwind(AssertUnwindSafe(|| acts::play(&mut demo, &mut findings)))
        .unwrap_or_else(|panic| Err(Stop::panicked("the run continues", &*panic)))
        // Ctrl-C reaches the children too; a failure that it caused does not count.
        .or_else(|stop| check(&interrupt).and(Err(stop)));
    demo.narrator.end_wait();
    if let Err(Stop::Interrupted) = played {
        demo.narrator
            .say(Tag::Demo, "interrupted; the demo ends all its processes");
    }

    let last_words = demo.cast.last_words();
    let kept = keep_logs.then(|| logs::keep(&demo));
    let (narrator, clean) = demo.close();
    end(&narrator, &findings);
    match kept {
        Some(Ok(folder)) => narrator.print(&format!(
            "The output of all processes is in {}.",
            folder.display()
        )),
        Some(Err(error)) => narrator.print(&format!("The logs could not be kept: {error}.")),
        None => {}
    }
    conclude(&narrator, &played, &last_words, clean)
}

fn greet(narrator: &Narrator, settings: &Settings) {
    let (timeout, tick) = (settings.session_timeout, settings.tick);
    narrator.print(
        &style("tenure: one leader at a time, seen at work")
            .bold()
            .to_string(),
    );
    narrator.print(&format!(
        "Three contenders (w1, w2, w3) and two detectors (d1, d2), each in its own process.\n\
         T, the session timeout, is {}; the server's tick is {}. Times are from CLOCK_BOOTTIME,\n\
         as each process wrote them.\n",
        human::setting(timeout),
        human::setting(tick),
    ));
}

fn end(narrator: &Narrator, findings: &[Finding]) {
    if findings.is_empty() {
        return;
    }
    narrator.print("");
    narrator.print(&table::table(findings));
}

/// Prints the end of the run, and returns the exit code.
fn conclude(
    narrator: &Narrator,
    played: &Step<()>,
    last_words: &str,
    clean: Result<(), String>,
) -> u8 {
    let took = human::span(narrator.elapsed());
    let left = clean.map_err(|left| format!("still there: {left}"));
    match (played, left) {
        (Ok(()), Ok(())) => {
            let text = format!("each step passed, in {took}; nothing is left");
            narrator.print(&format!("{}  {text}", style("PASS").green().bold()));
            0
        }
        (Ok(()), Err(left)) => {
            narrator.print(&format!("{}  {left}", style("FAIL").red().bold()));
            1
        }
        (Err(Stop::Interrupted), left) => {
            let left = left.err().unwrap_or_else(|| "nothing is left".to_owned());
            narrator.print(&format!("{}  {left}", style("INTERRUPTED").yellow().bold()));
            EXIT_STATUS
        }
        (Err(Stop::Failed(failure)), left) => {
            report(narrator, failure, last_words);
            let left = left
                .err()
                .unwrap_or_else(|| "no process is left".to_owned());
            let text = format!("a step failed, after {took}; {left}");
            narrator.print(&format!("{}  {text}", style("FAIL").red().bold()));
            1
        }
    }
}

fn report(narrator: &Narrator, failure: &Failure, last_words: &str) {
    narrator.print("");
    narrator.say(Tag::Failure, format!("in \"{}\"", narrator.part()));
    narrator.print(&failure.to_string());
    if !last_words.is_empty() {
        narrator.print("The last lines of each process:");
        narrator.print(last_words);
    }
}
