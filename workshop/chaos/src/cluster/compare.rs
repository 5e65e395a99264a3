//! The comparison of the servers' contents: one that has lost a write serves other members than the others.

use super::{Cluster, Look, SERVERS, Stop};
use std::collections::BTreeSet;
use std::io;
use std::time::Duration;

/// How often the servers' contents are compared before a difference counts, and the pause before each time.
const LOOKS: usize = 4;
const BETWEEN_LOOKS: Duration = Duration::from_millis(500);

impl Cluster {
    /// Fails if a server serves other members of these groups than the server that leads, for a time in which
    /// any server catches up: then it has lost a write, and what its clients do proves nothing.
    pub(super) fn compare_servers(&self, groups: &[String]) -> Result<(), Stop> {
        let leader = self.ensemble.leader();
        let mut lasting: Option<BTreeSet<String>> = None;
        for _ in 0..LOOKS {
            std::thread::sleep(BETWEEN_LOOKS);
            // A server that cannot be asked serves nobody.
            let Ok(of_leader) = self.paths_at(leader, groups) else {
                return Ok(());
            };
            let mut differences = BTreeSet::new();
            for server in (0..SERVERS).filter(|server| *server != leader) {
                let paths = self.paths_at(server, groups);
                for path in paths
                    .iter()
                    .flat_map(|paths| paths.symmetric_difference(&of_leader))
                {
                    differences.insert(format!("server{}: {path}", server + 1));
                }
            }
            lasting = Some(match lasting {
                Some(before) => before.intersection(&differences).cloned().collect(),
                None => differences,
            });
        }
        let lasting: Vec<String> = lasting.unwrap_or_default().into_iter().collect();
        match lasting.is_empty() {
            true => Ok(()),
            false => Err(Stop::Failed(format!(
                "the servers disagree, so they have lost a write (ZooKeeper has had such bugs: ZOOKEEPER-4394, \
                 ZOOKEEPER-4712), and what their clients do proves nothing. Not the same as on server{}, which \
                 leads: {}",
                leader + 1,
                lasting.join(", ")
            ))),
        }
    }

    fn paths_at(&self, server: usize, groups: &[String]) -> io::Result<BTreeSet<String>> {
        let addr = self.ensemble.server(server).addr();
        self.server_hosts[server].netns().enter(|| {
            let mut look = Look::open(addr)?;
            let mut paths = BTreeSet::new();
            for group in groups {
                let members = look.members(group)?.into_iter();
                paths.extend(members.map(|member| format!("{} ({})", member.path, member.token)));
            }
            look.close();
            Ok(paths)
        })
    }
}
