//! A run from the first line to the exit code.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::Duration;

use console::style;
use serde_json::json;
use tempfile::TempDir;
use tenure_field::interrupt::{EXIT_STATUS, Interrupt};

use crate::args::Args;
use crate::cluster::{Cluster, start_ensemble};
use crate::failure::{Step, Stop, check};
use crate::human;
use crate::keep;
use crate::leaderships::{margins, smallest};
use crate::narrator::{Narrator, Tag};
use crate::picture;
use crate::programs::{PING, PINGS_MAX, Programs, SESSION_TIMEOUT, TICK};
use crate::steps::{self, Finding, Play};
use crate::story::Story;
use crate::table;

/// What a run is about.
pub(crate) struct Settings {
    pub(crate) programs: Programs,
    pub(crate) steps: Vec<Play>,
    pub(crate) svg: PathBuf,
    pub(crate) logs: Logs,
    pub(crate) is_kept: bool,
    pub(crate) is_json: bool,
}

/// The folder of the logs.
pub(crate) enum Logs {
    /// The user's own: it stays.
    Named(PathBuf),
    /// It stays if a step fails.
    Temporary(TempDir),
}

impl Logs {
    pub(crate) fn new(args: &Args) -> std::io::Result<Self> {
        match &args.logs {
            Some(folder) => fs::create_dir_all(folder).map(|()| Self::Named(folder.clone())),
            None => tempfile::Builder::new()
                .prefix("tenure-cluster-logs-")
                .tempdir()
                .map(Self::Temporary),
        }
    }

    /// Has the folder stay.
    fn keep(&mut self) {
        if let Self::Temporary(folder) = self {
            folder.disable_cleanup(true);
        }
    }

    fn path(&self) -> &Path {
        match self {
            Self::Named(folder) => folder,
            Self::Temporary(folder) => folder.path(),
        }
    }
}

/// Plays all steps; returns the exit code.
pub(crate) fn run(mut settings: Settings, interrupt: Interrupt) -> u8 {
    let narrator = Narrator::new(interrupt.clone(), settings.is_json);
    greet(&narrator);
    let started_ns = narrator.started_ns();
    narrator.say(
        Tag::Driver,
        "three ZooKeeper servers start, as one ensemble",
    );
    let ensemble = match catch_unwind(start_ensemble) {
        Ok(ensemble) => ensemble,
        Err(panic) => {
            let stop = check(&interrupt)
                .err()
                .unwrap_or_else(|| Stop::panicked("an ensemble", &*panic));
            return conclude(&narrator, &mut settings, &Err(stop), "");
        }
    };
    let cluster = match Cluster::new(ensemble, settings.programs.clone(), settings.logs.path()) {
        Ok(cluster) => cluster,
        Err(stop) => return conclude(&narrator, &mut settings, &Err(stop), ""),
    };
    let mut story = Story::new(cluster, narrator, interrupt.clone());
    let mut findings = Vec::new();
    let played = catch_unwind(AssertUnwindSafe(|| {
        play(&mut story, &settings, &mut findings)
    }))
    .unwrap_or_else(|panic| Err(Stop::panicked("the run continues", &*panic)))
    // Ctrl-C reaches the programs too; a failure that it caused does not count.
    .or_else(|stop| check(&interrupt).and(Err(stop)));

    let words: Vec<String> = story
        .cluster
        .seats
        .iter()
        .map(|seat| seat.last_words())
        .collect();
    if !findings.is_empty() {
        story
            .narrator
            .print(&format!("\n{}", table::table(&findings)));
    }
    draw(&story, &settings.svg, started_ns);
    let Story {
        cluster, narrator, ..
    } = story;
    drop(cluster);
    conclude(&narrator, &mut settings, &played, &words.join("\n"))
}

fn greet(narrator: &Narrator) {
    narrator.print(
        &style("tenure: a cluster with one leader at a time, broken in nine ways")
            .bold()
            .to_string(),
    );
    narrator.print(&format!(
        "Masters m1, m2, m3 in C++, agents a1, a2 in Go, and a scheduler s1 in Python: a process each, and each with\n\
         paths of its own that can be cut silently. T, the session timeout, is {}; the tick of the servers {};\n\
         an agent is pinged each {}, and unreachable after {PINGS_MAX} pings without an answer. Times are from the\n\
         boot-time clock, as each process printed them.\n",
        human::span(SESSION_TIMEOUT),
        human::span(TICK),
        human::span(PING),
    ));
}

fn play(story: &mut Story, settings: &Settings, findings: &mut Vec<Finding>) -> Step<()> {
    for step in &settings.steps {
        findings.push(steps::play(step, story)?);
    }
    if settings.is_kept {
        keep::keep(story, settings.is_json)?;
    }
    one_leader_at_a_time(story)
}

/// The invariant of the whole run.
fn one_leader_at_a_time(story: &Story) -> Step<()> {
    story.narrator.print("");
    let all = story.cluster.leaderships();
    let expected = "at no instant two masters lead";
    let margins = margins(&all).map_err(|seen| Stop::failed(expected, seen))?;
    let name = |seat: usize| story.cluster.name(seat);
    let gaps = smallest(&margins).map_or_else(
        || "there was only one leadership".to_owned(),
        |margin| {
            let gap = human::span(Duration::from_nanos(margin.ns));
            let (before, after) = (name(margin.before.seat), name(margin.after.seat));
            let leases = margins.iter().map(|margin| margin.lease_ns).min().unwrap_or_default();
            let leases = human::span(Duration::from_nanos(leases));
            format!("the smallest gap was {gap}, from {before} to {after}; between a lease and the next leader {leases}")
        },
    );
    story.check(
        format!(
            "leaderships in all: {}; one at a time, each with a higher token; {gaps}",
            all.len()
        ),
        true,
        String::new,
    )
}

fn draw(story: &Story, path: &Path, from_ns: u64) {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let image = picture::draw_run(&story.cluster, from_ns);
    let written = folder
        .map_or(Ok(()), fs::create_dir_all)
        .and_then(|()| fs::write(path, image));
    let path = path.display();
    story.narrator.print(&match written {
        Ok(()) => format!("The timeline is {path}"),
        Err(error) => format!("The timeline cannot be written to {path}: {error}"),
    });
}

/// Prints the end of the run, and returns the exit code.
fn conclude(narrator: &Narrator, settings: &mut Settings, played: &Step<()>, words: &str) -> u8 {
    let took = human::span(narrator.elapsed());
    let left = children();
    let left_text = match left[..] {
        [] => "no process is left".to_owned(),
        _ => format!("still there: {}", human::list(&left)),
    };
    let logs = settings.logs.path().display().to_string();
    let (code, word) = match played {
        Ok(()) if left.is_empty() => (0, style("PASS").green().bold()),
        Ok(()) | Err(Stop::Failed { .. }) => (1, style("FAIL").red().bold()),
        Err(Stop::Interrupted) => (EXIT_STATUS, style("INTERRUPTED").yellow().bold()),
    };
    if let Err(stop @ Stop::Failed { .. }) = played {
        narrator.print(&format!(
            "\n{stop}\nThe last lines of each program:\n{words}"
        ));
    }
    if code == 1 || matches!(settings.logs, Logs::Named(_)) {
        settings.logs.keep();
        narrator.print(&format!("The lines of all programs are in {logs}"));
    }
    narrator.print(&format!("{word}  after {took}; {left_text}"));
    if settings.is_json {
        let error = match played {
            Err(stop) => json!(stop.to_string()),
            Ok(()) => json!(null),
        };
        narrator.print_always(
            &json!({"event": "ended", "code": code, "error": error, "logs": logs}).to_string(),
        );
    }
    code
}

/// The processes that this one has started and that are still there.
fn children() -> Vec<String> {
    let tasks = fs::read_dir("/proc/self/task")
        .into_iter()
        .flatten()
        .flatten();
    let lists = tasks.filter_map(|task| fs::read_to_string(task.path().join("children")).ok());
    lists
        .flat_map(|list| {
            list.split_whitespace()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        })
        .collect()
}
