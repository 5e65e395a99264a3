//! `tenure status`: shows the leader of a group, once.

use crate::ask::Asker;
use crate::lines::{self, Entry};
use crate::{Outcome, Tool};
use std::time::Duration;
use tenure::{DetectorEvent, Error, GroupEvent};

const WHAT: &str = "the leader";

pub(crate) fn run(
    tool: Tool<'_, GroupEvent>,
    path: &str,
    timeout: Duration,
) -> Result<Outcome, Error> {
    let mut asker = Asker::new(tool, path, timeout)?;
    let outcome = look(&mut asker, path).unwrap_or_else(|outcome| {
        if outcome == Outcome::NotKnown {
            asker.report.line(lines::status_unknown());
        }
        outcome
    });
    asker.leave();
    Ok(outcome)
}

/// The same for a fixed leader, which is known at once.
pub(crate) fn run_standalone(tool: Tool<'_, DetectorEvent>, path: &str) -> Result<Outcome, Error> {
    let leader = tool.client.detect(path)?.leader();
    let entry = leader.map(|leader| Entry {
        member: leader.member,
        data: Ok(leader.data),
    });
    tool.report.line(lines::status(entry.as_ref(), 0));
    Ok(match entry {
        Some(_) => Outcome::Done,
        None => Outcome::Failed,
    })
}

fn look(asker: &mut Asker<'_>, path: &str) -> Result<Outcome, Outcome> {
    let call = asker.group.strangers();
    let found = asker.answer(WHAT, call)?;
    loop {
        let call = asker.group.members();
        let members = asker.answer(WHAT, call)?;
        let standbys = members.len().saturating_sub(1);
        let Some(leader) = members.into_iter().next() else {
            let line = lines::status(None, 0)
                .with_server(asker.server())
                .with_strangers(found.as_ref(), path);
            asker.report.line(line);
            return Ok(Outcome::Failed);
        };
        let call = asker.group.data(&leader);
        // It leads even if its payload cannot be read.
        let data = match asker.answer_of_one(WHAT, call)? {
            Ok(Some(data)) => Ok(data),
            // It has just left: another member leads.
            Ok(None) => continue,
            Err(error) => Err(error),
        };
        let entry = Entry {
            member: leader,
            data,
        };
        let line = lines::status(Some(&entry), standbys)
            .with_server(asker.server())
            .with_strangers(found.as_ref(), path);
        asker.report.line(line);
        return Ok(Outcome::Done);
    }
}
