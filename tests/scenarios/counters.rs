//! Failures of other libraries with the counter from which the znodes of members get their numbers.

use crate::{
    LIMIT, any_leader, close, contend, leader_that, leading, loss, open, standing_by, token_of,
    until,
};
use tenure::{Client, Contender, ContenderOptions, ErrorKind, LostReason};
use tenure_field::Zookeeper;
use tenure_field::zookeeper::{Config, counting_from};
use tenure_observer::Observer;

/// Contenders that came one after the other.
struct Line {
    clients: Vec<Client>,
    contenders: Vec<Contender>,
    names: Vec<String>,
}

impl Line {
    #[track_caller]
    fn of(count: usize, server: &Zookeeper, path: &str) -> Self {
        let observer = Observer::connect(server.addr());
        let mut line = Self {
            clients: Vec::new(),
            contenders: Vec::new(),
            names: Vec::new(),
        };
        for n in 0..count {
            let client = open(&server.url(path));
            let contender = contend(&client, path, "x");
            until(
                contender.events(),
                if n == 0 { leading } else { standing_by },
            );
            let names = observer.children(path).into_iter();
            let new = names.filter(|name| !line.names.contains(name));
            let new: Vec<String> = new.collect();
            line.names.extend(new);
            line.clients.push(client);
            line.contenders.push(contender);
        }
        line
    }

    /// Each leads when those before it have left, and not before.
    #[track_caller]
    fn in_order_of_birth(self, path: &str) {
        let detector = self.clients[0].detect(path).unwrap();
        let mut last = 0;
        for (n, contender) in self.contenders.iter().enumerate() {
            let token = token_of(contender);
            assert!(token > last, "{:?}", self.names);
            leader_that(&detector, |leader| leader.member.token == token);
            let others = self.contenders[n + 1..].iter();
            assert!(others.clone().all(|other| !other.is_leading()));
            assert!(contender.withdraw().wait_for(LIMIT).unwrap());
            last = token;
        }
        close(self.clients);
    }
}

/// kazoo#606, MESOS-867: the counter is an `i32`. Below zero, names compare the wrong way round.
#[test]
fn h1_order_is_of_birth_where_the_counter_ends_and_below_zero() {
    let (end, below) = ("/end", "/below");
    let server = counting_from(Config::default(), &[(end, i32::MAX - 2), (below, -3)]);

    let line = Line::of(5, &server, below);
    let names = [
        "-000000003",
        "-000000002",
        "-000000001",
        "0000000000",
        "0000000001",
    ];
    assert_eq!(line.names, names);
    line.in_order_of_birth(below);

    let line = Line::of(3, &server, end);
    assert_eq!(line.names, ["2147483645", "2147483646", "2147483647"]);
    // ZooKeeper counts no further, and no two can have the same name: the next contender gets an
    // error.
    let late = open(&server.url(end));
    let refused = contend(&late, end, "x");
    let reason = loss(&refused);
    let LostReason::Failed(error) = &reason else {
        panic!("{reason:?}");
    };
    assert_eq!(error.kind(), ErrorKind::Server, "{error}");
    assert!(error.message().contains(end), "{error}");
    println!("{error}");
    // Another label is another name, of the same number.
    let options = ContenderOptions::new(end).label("b");
    let last = late.contend(options).unwrap();
    until(last.events(), standing_by);
    let detector = late.detect(end).unwrap();
    assert_eq!(
        any_leader(&detector).member.token,
        token_of(&line.contenders[0])
    );
    line.in_order_of_birth(end);
    token_of(&last);
    close([late]);
}
