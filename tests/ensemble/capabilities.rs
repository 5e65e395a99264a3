//! The operations of each version of the server, tested by bare frames. `docs/servers.md` has the
//! same for people, and this test compares it.

use crate::LIMIT;
use crate::versions::start;
use std::io;
use tenure_field::raw::{Reply, Session};
use tenure_field::wire::{Payload, opcode};
use tenure_field::zookeeper::Version;
use tenure_field::{Zookeeper, wait_until};

const TABLE: &str = include_str!("../../docs/servers.md");

/// `ZUNIMPLEMENTED`
const UNIMPLEMENTED: i32 = -6;

/// `ZNOWATCHER`: the error of a server that can remove watches, and has none.
const NO_WATCHER: i32 = -121;

/// One question to a server: the name of the operation as in the table, and the request.
struct Question {
    operation: &'static str,
    opcode: i32,
    body: Payload,
}

fn questions() -> [Question; 8] {
    let create = |path: &str, flags| {
        let head = Payload::new().buffer(path).buffer("").int(1).int(31);
        head.buffer("world").buffer("anyone").int(flags)
    };
    let question = |operation, opcode, body| Question {
        operation,
        opcode,
        body,
    };
    let read = Payload::new().int(opcode::GET_DATA).bool(false).int(-1);
    let read = read.buffer("/").bool(false).int(-1).bool(true).int(-1);
    [
        question("create2", opcode::CREATE2, create("/made", 0)),
        question(
            "getEphemerals",
            opcode::GET_EPHEMERALS,
            Payload::new().buffer("/"),
        ),
        question(
            "createContainer",
            opcode::CREATE_CONTAINER,
            create("/container", 4),
        ),
        question(
            "removeWatches",
            opcode::REMOVE_WATCHES,
            Payload::new().buffer("/").int(1),
        ),
        question("setWatches", opcode::SET_WATCHES, no_watches(3)),
        question("setWatches2", opcode::SET_WATCHES2, no_watches(5)),
        question(
            "addWatch",
            opcode::ADD_WATCH,
            Payload::new().buffer("/").int(0),
        ),
        question("multiRead", opcode::MULTI_READ, read),
    ]
}

/// A zxid, and this many empty lists.
fn no_watches(lists: usize) -> Payload {
    (0..lists).fold(Payload::new().long(0), |payload, _| payload.int(0))
}

/// `yes`, or `no`: an error reply and the end of the connection; else the answer.
fn answer(server: &Zookeeper, question: Question) -> String {
    let timeout = std::time::Duration::from_secs(6);
    let mut session = Session::open(server.addr(), timeout).unwrap();
    let reply: io::Result<Reply> = session.request(question.opcode, question.body);
    match reply.map(|reply| reply.error) {
        Ok(0 | NO_WATCHER) => "yes".to_owned(),
        Ok(UNIMPLEMENTED) => {
            // A busy server may send more before it hangs up.
            wait_until("the server hangs up", LIMIT, || {
                session.exists("/", false).is_err().then_some(())
            });
            "no".to_owned()
        }
        other => format!("{other:?}"),
    }
}

/// The table's cells in the column of `release` (`3.4`), by the name of the operation.
fn documented(release: &str) -> Vec<(String, String)> {
    let rows = TABLE.lines().filter(|line| line.starts_with('|'));
    let mut rows = rows.map(|row| {
        let cells = row.trim_matches('|').split('|');
        cells
            .map(|cell| cell.trim().replace('`', ""))
            .collect::<Vec<_>>()
    });
    let head = rows.next().expect("docs/servers.md has a table");
    let column = head.iter().position(|cell| cell.starts_with(release));
    let column = column.unwrap_or_else(|| panic!("no column for {release} in {head:?}"));
    let rows = rows.skip(1); // the line below the head
    rows.map(|row| (row[0].clone(), row[column].clone()))
        .collect()
}

#[test]
fn every_version_knows_what_the_table_says() {
    for version in Version::ALL {
        let Some(server) = start(version) else {
            continue;
        };
        let srvr = server.four_letter("srvr");
        let release: String = srvr
            .trim_start_matches("Zookeeper version: ")
            .split('.')
            .take(2)
            .collect::<Vec<_>>()
            .join(".");
        let observed = questions().map(|question| {
            let operation = question.operation.to_owned();
            (operation, answer(&server, question))
        });
        println!("{release}: {observed:?}");
        assert_eq!(
            documented(&release),
            observed,
            "docs/servers.md on {release}"
        );
    }
}
