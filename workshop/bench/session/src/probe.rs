//! The process under test: a client that reads commands line by line and prints the events of its
//! user as JSON, on standard error (standard output may belong to a test harness).
//!
//! | line | does |
//! |---|---|
//! | `open` / `open quiet` | opens the client; prints session events, or not |
//! | `join ID MS` | joins the group; gives up after MS milliseconds unless 0 |
//! | `drop` | joins and gives up at once |
//! | `members ID MS` | lists the members |
//! | `detect PATH`, `watch PATH`, `contend ID PATH` | start a detector, a view, a contender |
//! | `read N` | joins, then reads its 100 bytes N times: all at once, then one by one |
//! | `many N` | starts a contender and a detector in each of N groups |
//! | `close` | closes the client |

use serde_json::{Value, json};
use std::io::{BufRead, Write};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};
use tenure::{
    Client, ClientOptions, ContenderEvent, ContenderOptions, DetectorEvent, Error, Events, Group,
    GroupEvent, Member, Pending, SessionEvent, Url,
};
use tenure_field::boottime;

/// The variable with the URL: server and group.
pub const URL: &str = "TENURE_PROBE_URL";

/// The variable with the session timeout in milliseconds, if it is not the default.
pub const TIMEOUT: &str = "TENURE_PROBE_TIMEOUT_MS";

fn session_timeout() -> Duration {
    let given = std::env::var(TIMEOUT).ok();
    let millis = given.map(|ms| ms.parse().expect("milliseconds"));
    millis.map_or(crate::T, Duration::from_millis)
}

fn say(mut line: Value) {
    line["at"] = json!(boottime::now_ns());
    // No reader is left if the parent has ended.
    drop(writeln!(std::io::stderr(), "{line}"));
}

/// Runs until standard input ends.
///
/// # Panics
/// On an unknown command, or if the client cannot be opened.
pub fn run() {
    let url: Url = std::env::var(URL).expect(URL).parse().expect("a URL");
    let mut probe = Probe {
        url,
        client: None,
        kept: Vec::new(),
    };
    say(json!({"what": "ready"}));
    for line in std::io::stdin().lock().lines() {
        let line = line.expect("lines of text");
        let words: Vec<&str> = line.split_whitespace().collect();
        probe.act(&words);
    }
}

struct Probe {
    url: Url,
    client: Option<(Arc<Client>, Arc<Group>)>,
    /// Handles that stay open.
    kept: Vec<Box<dyn Send>>,
}

impl Probe {
    fn client(&self) -> Arc<Client> {
        Arc::clone(&self.client.as_ref().expect("opened").0)
    }

    fn group(&self) -> Arc<Group> {
        Arc::clone(&self.client.as_ref().expect("opened").1)
    }

    fn act(&mut self, words: &[&str]) {
        match words {
            ["open"] => {
                self.open();
                follow(self.client(), |client| client.events(), session);
            }
            ["open", "quiet"] => self.open(),
            ["join", id, limit] => {
                let data = id.as_bytes().to_vec();
                let call = self.group().join(data, None).expect("a small payload");
                answer(id, limit, call, |member| json!({"path": member.path}));
            }
            ["drop"] => drop(self.group().join("dropped", None).expect("a small payload")),
            ["members", id, limit] => {
                let call = self.group().members();
                answer(id, limit, call, |members| json!({"members": members.len()}));
            }
            ["detect", path] => {
                let detector = Arc::new(self.client().detect(path).expect("a good path"));
                follow(detector, |detector| detector.events(), detector_event);
            }
            ["watch", path] => {
                let group = Arc::new(self.client().group(path).expect("a good path"));
                group.watch();
                follow(group, |group| group.events(), group_event);
            }
            ["contend", id, path] => {
                let options = ContenderOptions::new(*path).data(*id);
                let contender = self.client().contend(options).expect("a good path");
                let id = (*id).to_owned();
                let show = move |event| contender_event(&id, event);
                follow(Arc::new(contender), |contender| contender.events(), show);
            }
            ["read", count] => self.read(count.parse().expect("a number")),
            ["many", count] => self.many(count.parse().expect("a number")),
            ["close"] => {
                answer("close", "0", self.client().close(), |()| json!({}));
            }
            other => panic!("not a command: {other:?}"),
        }
    }

    fn open(&mut self) {
        let options = ClientOptions::default().session_timeout(session_timeout());
        let client = Client::open(&self.url, options).expect("a client");
        let group = client.group(self.url.path()).expect("a good path");
        self.client = Some((Arc::new(client), Arc::new(group)));
        say(json!({"what": "opened"}));
    }

    fn read(&mut self, count: usize) {
        let group = self.group();
        let member = group.join(vec![b'x'; 100], None).expect("small");
        let member: Member = member.wait().expect("joined");
        let started = Instant::now();
        let calls: Vec<_> = (0..count).map(|_| group.data(&member)).collect();
        for call in calls {
            assert_eq!(call.wait().expect("read").expect("there").len(), 100);
        }
        let at_once = started.elapsed().as_secs_f64() * 1e3;
        let started = Instant::now();
        for _ in 0..count {
            group.data(&member).wait().expect("read").expect("there");
        }
        let by_one = started.elapsed().as_secs_f64() * 1e3;
        say(json!({"what": "read", "at_once_ms": at_once, "by_one_ms": by_one}));
    }

    fn many(&mut self, count: usize) {
        let client = self.client();
        let started = Instant::now();
        let paths = (0..count).map(|n| format!("{}/{n}", self.url.path()));
        let handles: Vec<_> = paths
            .map(|path| {
                let contender = client.contend(ContenderOptions::new(&path).data("x"));
                let detector = client.detect(&path).expect("a good path");
                (contender.expect("a good path"), detector)
            })
            .collect();
        for (contender, detector) in &handles {
            contender.wait_leading(None).expect("leading");
            while detector.leader().is_none() {
                thread::sleep(Duration::from_millis(1));
            }
        }
        let took = started.elapsed().as_secs_f64();
        say(json!({"what": "many", "seconds": took}));
        self.kept.push(Box::new(handles));
    }
}

fn answer<T: Send + 'static>(
    id: &str,
    limit: &str,
    call: Pending<T>,
    show: impl FnOnce(T) -> Value + Send + 'static,
) {
    let id = id.to_owned();
    let limit: u64 = limit.parse().expect("milliseconds");
    thread::spawn(move || {
        let result = match limit {
            0 => call.wait(),
            limit => call.wait_for(Duration::from_millis(limit)),
        };
        let mut line = match result {
            Ok(value) => show(value),
            Err(error) => failed(&error),
        };
        line["what"] = json!("answer");
        line["id"] = json!(id);
        say(line);
    });
}

fn failed(error: &Error) -> Value {
    json!({"failed": format!("{:?}", error.kind()), "error": error.to_string()})
}

/// Prints each event from its own thread, which keeps the handle.
fn follow<H: Send + Sync + 'static, E: tenure_event::Event>(
    handle: Arc<H>,
    events: fn(&H) -> &Events<E>,
    show: impl Fn(E) -> Value + Send + 'static,
) {
    thread::spawn(move || {
        while let Ok(event) = E::next(events(&handle)) {
            say(show(event));
        }
    });
}

/// The common part of all kinds of events, for [`follow`].
mod tenure_event {
    use super::{ContenderEvent, DetectorEvent, Error, Events, GroupEvent, SessionEvent};

    pub(super) trait Event: Sized + 'static {
        fn next(events: &Events<Self>) -> Result<Self, Error>;
    }

    macro_rules! events {
        ($($event:ty),*) => {$(
            impl Event for $event {
                fn next(events: &Events<Self>) -> Result<Self, Error> {
                    events.next(None)
                }
            }
        )*};
    }

    events!(SessionEvent, ContenderEvent, DetectorEvent, GroupEvent);
}

fn session(event: SessionEvent) -> Value {
    let (state, more) = match event {
        SessionEvent::Connecting => ("connecting", json!(null)),
        SessionEvent::Connected { session, .. } => ("connected", json!(session)),
        SessionEvent::Suspended { error, .. } => ("suspended", json!(error)),
        SessionEvent::Retrying { error, .. } => ("retrying", json!(error)),
        SessionEvent::Expired { by } => ("expired", json!(format!("{by:?}"))),
        SessionEvent::AuthFailed => ("auth failed", json!(null)),
        SessionEvent::Closed => ("closed", json!(null)),
        other => ("other", json!(format!("{other:?}"))),
    };
    json!({"what": "session", "state": state, "more": more})
}

fn contender_event(id: &str, event: ContenderEvent) -> Value {
    let (state, more) = match event {
        ContenderEvent::Enrolling => ("enrolling", json!(null)),
        ContenderEvent::Enrolled { member } => ("enrolled", json!(member.path)),
        ContenderEvent::Standby { member, .. } => ("standby", json!(member.path)),
        ContenderEvent::Leading { member, .. } => ("leading", json!(member.path)),
        ContenderEvent::Jeopardy { .. } => ("jeopardy", json!(null)),
        ContenderEvent::Lost { reason, .. } => ("lost", json!(format!("{reason:?}"))),
        other => ("other", json!(format!("{other:?}"))),
    };
    json!({"what": "contender", "id": id, "state": state, "more": more})
}

fn detector_event(event: DetectorEvent) -> Value {
    let (state, more) = match event {
        DetectorEvent::Unknown { .. } => ("unknown", json!(null)),
        DetectorEvent::None => ("none", json!(null)),
        DetectorEvent::Leader(leader) => ("leader", json!(String::from_utf8_lossy(&leader.data))),
        other => ("other", json!(format!("{other:?}"))),
    };
    json!({"what": "detector", "state": state, "more": more})
}

fn group_event(event: GroupEvent) -> Value {
    let (state, more) = match event {
        GroupEvent::Unknown { .. } => ("unknown", json!(null)),
        GroupEvent::Members(members) => ("members", json!(members.len())),
        GroupEvent::MembershipLost { reason, .. } => ("lost", json!(format!("{reason:?}"))),
        other => ("other", json!(format!("{other:?}"))),
    };
    json!({"what": "group", "state": state, "more": more})
}
