//! The measured process: many detectors of masters, or bare clients, each in a session of its own.
//!
//! It prints a JSON line when all know the same leader: its znode, and when each came to know it (nanoseconds of the
//! boot-time clock). It ends with its standard input.

use serde_json::json;
use std::io::Read;
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;
use tenure::mesos::{MasterDetector, MasterEvent};
use tenure::{Client, ClientOptions, SessionEvent, Url};
use tenure_field::boottime;

/// Mesos's.
pub(crate) const SESSION_TIMEOUT: Duration = Duration::from_secs(10);
const LIMIT: Duration = Duration::from_secs(60);

/// A detector's news: its number, its leader's znode, and when.
type News = (usize, Option<String>, u64);

/// Runs until standard input ends.
pub(crate) fn run(what: &str, url: &str, count: usize) -> Result<(), String> {
    let (tell, news) = channel();
    let detectors = match what {
        "bare" => {
            let _clients = bare(url, count)?;
            println!("{}", json!({"what": "known", "leader": "", "at": []}));
            return wait_for_the_end();
        }
        _ => detectors(url, count, &tell)?,
    };
    std::thread::spawn(move || {
        let mut known: Vec<(Option<String>, u64)> = vec![(None, 0); count];
        let (mut with, mut current, mut said) = (0, None, None);
        while let Ok((number, leader, at)) = news.recv() {
            // How many know the newest leader; few do while the leader changes.
            if leader != current {
                current.clone_from(&leader);
                with = known.iter().filter(|(known, _)| *known == leader).count();
            }
            with += usize::from(known[number].0 != leader);
            known[number] = (leader, at);
            if with == count && current.is_some() && current != said {
                said.clone_from(&current);
                let at: Vec<u64> = known.iter().map(|(_, at)| *at).collect();
                println!("{}", json!({"what": "known", "leader": current, "at": at}));
            }
        }
    });
    let ended = wait_for_the_end();
    drop(detectors);
    ended
}

fn wait_for_the_end() -> Result<(), String> {
    let mut rest = Vec::new();
    let read = std::io::stdin().read_to_end(&mut rest);
    read.map(drop).map_err(|e| format!("standard input: {e}"))
}

fn bare(url: &str, count: usize) -> Result<Vec<Client>, String> {
    let url = Url::parse(url).map_err(|e| e.to_string())?;
    let options = || ClientOptions::default().session_timeout(SESSION_TIMEOUT);
    let open = |_| Client::open(&url, options()).map_err(|e| e.to_string());
    let clients: Vec<Client> = (0..count).map(open).collect::<Result<_, _>>()?;
    for client in &clients {
        loop {
            let event = client.events().next(Some(LIMIT));
            if let SessionEvent::Connected { .. } = event.map_err(|e| e.to_string())? {
                break;
            }
        }
    }
    Ok(clients)
}

fn detectors(url: &str, count: usize, tell: &Sender<News>) -> Result<Vec<MasterDetector>, String> {
    let make = |number| {
        let detector = MasterDetector::create(url, SESSION_TIMEOUT)?;
        let tell = tell.clone();
        detector.on_each(move |event| {
            let at = boottime::now_ns();
            let leader = match event {
                MasterEvent::Leader(master) => Some(master.member.path),
                _ => None,
            };
            // The receiver ends with the process.
            let _ = tell.send((number, leader, at));
        })?;
        Ok(detector)
    };
    let made: Result<Vec<_>, tenure::Error> = (0..count).map(make).collect();
    made.map_err(|e| e.to_string())
}
