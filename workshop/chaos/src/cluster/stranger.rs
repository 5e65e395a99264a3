//! A stranger to tenure who deletes znodes.

use super::{Cluster, Look, Stop};
use std::io;

impl Cluster {
    /// Deletes the leaders of these groups together, as a stranger does.
    pub(crate) fn depose(&self, groups: &[String]) -> Result<(), Stop> {
        self.strike(|look| {
            let mut leaders = Vec::new();
            for group in groups {
                leaders.extend(look.members(group)?.into_iter().next());
            }
            let paths: Vec<&str> = leaders.iter().map(|leader| leader.path.as_str()).collect();
            look.delete(&paths)
        })
    }

    /// Deletes a group with all its members, as a stranger does.
    pub(crate) fn raze(&self, group: &str) -> Result<(), Stop> {
        self.strike(|look| {
            let members = look.members(group)?;
            let paths = members.iter().map(|member| member.path.as_str());
            let paths: Vec<&str> = paths.chain([group]).collect();
            look.delete(&paths)
        })
    }

    /// Acts on the contents until an act is not overtaken by a client's.
    fn strike(&self, act: impl Fn(&mut Look) -> io::Result<bool> + Sync) -> Result<(), Stop> {
        self.look_until(|look| match act(look)? {
            true => Ok(()),
            false => Err(io::Error::other("it changes all the time")),
        })
    }
}
