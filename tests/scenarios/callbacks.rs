//! Failures of other libraries in callbacks.

use crate::{LIMIT, expire, fresh_path, open, session_of, shared};
use std::sync::{Arc, mpsc};
use tenure::{
    Client, Contender, ContenderEvent, ContenderOptions, Detector, DetectorEvent, Error, ErrorKind,
    Group, GroupEvent, SessionEvent,
};

/// All handles of a client.
struct Handles {
    client: Client,
    contender: Contender,
    detector: Detector,
    group: Group,
    path: String,
}

impl Handles {
    fn new(path: &str) -> Self {
        let client = open(&shared().url(path));
        Self {
            contender: client.contend(ContenderOptions::new(path)).unwrap(),
            detector: client.detect(path).unwrap(),
            group: client.group(path).unwrap(),
            path: path.to_owned(),
            client,
        }
    }

    /// Every function of the library, the blocking ones included, except those that end something.
    fn call_everything(&self) -> Result<(), Error> {
        let Self {
            client,
            contender,
            detector,
            group,
            path,
        } = self;
        let member = group.join("x", None)?.wait_for(LIMIT)?;
        group.set_data(&member, "y")?.wait_for(LIMIT)?;
        group.members().wait_for(LIMIT)?;
        group.data(&member).wait_for(LIMIT)?;
        group.watch();
        group.wait_members(&[], Some(LIMIT))?;
        let end = group.cancelled(&member);
        group.cancel(&member).wait_for(LIMIT)?;
        end.wait_for(LIMIT)?;
        let second = client.contend(ContenderOptions::new(format!("{path}-second")))?;
        second.wait_leading(Some(LIMIT))?;
        second.withdraw().wait_for(LIMIT)?;
        drop(second);
        let also = client.detect(path)?;
        also.detect(&also.state(), Some(LIMIT)).map(drop)?;
        also.events().on_each(|_| {})?;
        drop(also);
        drop(client.group(path)?);
        contender.set_data("z")?.wait_for(LIMIT)?;
        let _ = (contender.leadership(), contender.is_leading());
        let _ = (detector.leader(), detector.state());
        let _ = (client.events().latest(), group.events().latest());
        Ok(())
    }
}

/// The place where a callback calls every function, and then ends all handles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    SessionConnected,
    SessionExpired,
    ContenderLeading,
    ContenderLost,
    DetectorLeader,
    DetectorUnknown,
    GroupMembers,
    MembershipLost,
}

impl Place {
    const ALL: [Self; 8] = [
        Self::SessionConnected,
        Self::SessionExpired,
        Self::ContenderLeading,
        Self::ContenderLost,
        Self::DetectorLeader,
        Self::DetectorUnknown,
        Self::GroupMembers,
        Self::MembershipLost,
    ];

    /// Whether it takes the end of a session to get there.
    fn comes_of_an_end(self) -> bool {
        match self {
            Self::SessionExpired
            | Self::ContenderLost
            | Self::DetectorUnknown
            | Self::MembershipLost => true,
            Self::SessionConnected
            | Self::ContenderLeading
            | Self::DetectorLeader
            | Self::GroupMembers => false,
        }
    }

    fn is_session(self, event: &SessionEvent) -> bool {
        match event {
            SessionEvent::Connected { .. } => self == Self::SessionConnected,
            SessionEvent::Expired { .. } => self == Self::SessionExpired,
            _ => false,
        }
    }

    fn is_contender(self, event: &ContenderEvent) -> bool {
        match event {
            ContenderEvent::Leading { .. } => self == Self::ContenderLeading,
            ContenderEvent::Lost { .. } => self == Self::ContenderLost,
            _ => false,
        }
    }

    fn is_detector(self, event: &DetectorEvent) -> bool {
        match event {
            DetectorEvent::Leader(_) => self == Self::DetectorLeader,
            DetectorEvent::Unknown { .. } => self == Self::DetectorUnknown,
            _ => false,
        }
    }

    fn is_group(self, event: &GroupEvent) -> bool {
        match event {
            GroupEvent::Members(_) => self == Self::GroupMembers,
            GroupEvent::MembershipLost { .. } => self == Self::MembershipLost,
            _ => false,
        }
    }
}

/// Pulsar#19754, FLINK-20008 and many: a callback that calls the library, or closes it, hangs.
#[test]
fn f1_every_callback_may_call_everything_and_close() {
    for place in Place::ALL {
        let path = fresh_path();
        let handles = Arc::new(Handles::new(&path));
        // The event of the connection waits for its callback.
        let session = place.comes_of_an_end().then(|| session_of(&handles.client));
        handles.contender.wait_leading(Some(LIMIT)).unwrap();
        crate::any_leader(&handles.detector);
        let joined = handles.group.join("kept", None).unwrap();
        joined.wait_for(LIMIT).unwrap();
        let (send, receive) = mpsc::channel();
        let act = {
            let handles = Arc::clone(&handles);
            move || {
                // The request may still use a session whose end is under way.
                let ended = |called: &Result<(), Error>| matches!(called, Err(error) if error.kind() == ErrorKind::SessionExpired);
                let mut called = handles.call_everything();
                while ended(&called) {
                    called = handles.call_everything();
                }
                let closed = handles.client.close().wait_for(LIMIT);
                let after = handles.call_everything().map_err(|error| error.kind());
                // A handle that has seen enough events is dropped.
                drop(send.send((called, closed, after)));
            }
        };
        let act = Arc::new(act);
        macro_rules! on {
            ($events:expr, $is:ident) => {{
                let act = Arc::clone(&act);
                let each = move |event| {
                    if place.$is(&event) {
                        act();
                    }
                };
                $events.events().on_each(each).unwrap();
            }};
        }
        on!(handles.client, is_session);
        on!(handles.contender, is_contender);
        on!(handles.detector, is_detector);
        on!(handles.group, is_group);
        handles.group.watch();
        drop(act);
        if let Some(session) = session {
            expire(session);
        }
        let (called, closed, after) = receive
            .recv_timeout(LIMIT)
            .unwrap_or_else(|error| panic!("{place:?}: {error}"));
        called.unwrap_or_else(|error| panic!("{place:?}: {error}"));
        closed.unwrap_or_else(|error| panic!("{place:?}: {error}"));
        assert_eq!(after, Err(ErrorKind::Closed), "{place:?}");
        assert!(!handles.contender.is_leading());
    }
}
