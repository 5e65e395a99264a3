//! `tenure evict`: deletes the znode of any member of a group.

use crate::ask::Asker;
use crate::{Outcome, Tool, lines};
use std::time::Duration;
use tenure::{Error, GroupEvent};

const WHAT: &str = "whether the member is gone";

pub(crate) fn run(
    tool: Tool<'_, GroupEvent>,
    group: &str,
    member: &str,
    timeout: Duration,
) -> Result<Outcome, Error> {
    let mut asker = Asker::new(tool, group, timeout)?;
    let outcome = evict(&mut asker, member).unwrap_or_else(|outcome| outcome);
    asker.leave();
    Ok(outcome)
}

fn evict(asker: &mut Asker<'_>, path: &str) -> Result<Outcome, Outcome> {
    let call = asker.group.members();
    let members = asker.answer(WHAT, call)?;
    let found = members.iter().position(|member| member.path == path);
    let Some((rank, member)) = found.and_then(|rank| Some((rank, members.get(rank)?))) else {
        asker.report.failure(&format!("{path} is not a member"));
        return Err(Outcome::Failed);
    };
    let call = asker.group.evict(member);
    if !asker.answer(WHAT, call)? {
        asker
            .report
            .failure(&format!("{path} has just left by itself"));
        return Err(Outcome::Failed);
    }
    let led = rank == 0;
    let granted = asker.granted().map(|(timeout, _)| timeout);
    asker.report.line(lines::evicted(member, led, granted));
    Ok(Outcome::Done)
}

/// The path of a member, given by its name or its path.
///
/// # Errors
/// If it cannot be a member of that group.
pub(crate) fn member_path(group: &str, member: &str) -> Result<String, String> {
    let name = match member.strip_prefix('/') {
        None => member,
        Some(_) => member
            .strip_prefix(group)
            .and_then(|rest| rest.strip_prefix('/'))
            .ok_or_else(|| format!("{member:?} is not under the group's path {group:?}"))?,
    };
    let digits = name.rsplit_once('_').map_or(name, |(_, digits)| digits);
    let digits = digits.strip_prefix('-').unwrap_or(digits);
    if name.contains('/') || digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(format!(
            "{member:?} is not the name of a member; names are LABEL_NUMBER or NUMBER, as in \
             `tenure members`"
        ));
    }
    Ok(format!("{group}/{name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_named_by_name_or_path() {
        let path = |member| member_path("/a/g", member).ok();
        assert_eq!(path("0000000001").as_deref(), Some("/a/g/0000000001"));
        assert_eq!(
            path("m_x_-000000001").as_deref(),
            Some("/a/g/m_x_-000000001")
        );
        assert_eq!(
            path("/a/g/m_0000000001").as_deref(),
            Some("/a/g/m_0000000001")
        );
        for bad in [
            "",
            "/a/g",
            "/a/g/",
            "/a/g2/m_1",
            "/a/g/x/m_1",
            "x/m_1",
            "log",
            "m_",
            "m_-",
        ] {
            assert_eq!(path(bad), None, "{bad}");
        }
    }
}
