//! Members of another recipe in the group, for the commands that only look.

use std::time::Duration;
use tenure::{Client, Group, Strangers};

/// How long a line waits for the answer: the server has just answered another question.
const WAIT: Duration = Duration::from_millis(500);

/// Looks when the group is first known, and when it is empty: a listing at each change of a large
/// group would cost too much.
pub(crate) struct Look {
    /// None for a standalone leader, which is no group.
    group: Option<Group>,
    first: bool,
}

impl Look {
    pub(crate) fn new(client: &Client, path: &str) -> Self {
        Self {
            group: client.group(path).ok(),
            first: true,
        }
    }

    /// Without an answer nothing is said: the line itself is what the user asked for.
    pub(crate) fn at(&mut self, empty: bool) -> Option<Strangers> {
        if !std::mem::take(&mut self.first) && !empty {
            return None;
        }
        self.group.as_ref()?.strangers().wait_for(WAIT).ok()?
    }
}
