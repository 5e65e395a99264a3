//! How long `contend` and `run` wait to lead for the first time.

use crate::report::Report;
use std::time::{Duration, Instant};

#[derive(Debug, Clone, Copy)]
pub(crate) struct FirstWait {
    /// The longest wait; without it, for ever.
    pub(crate) timeout: Option<Duration>,
    /// Another leader is not waited for.
    pub(crate) only_try: bool,
}

impl FirstWait {
    /// The end of the wait, if it begins now.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        Instant::now().checked_add(self.timeout?)
    }

    /// Reports that the time is over.
    pub(crate) fn report_end(&self, report: &mut Report) {
        let limit = humantime::format_duration(self.timeout.unwrap_or_default());
        let why = match report.last_problem() {
            Some(problem) => format!("; last error: {problem}"),
            None => String::new(),
        };
        report.failure(&format!("this contender does not lead after {limit}{why}"));
    }

    /// Reports that there is another leader, which is not waited for.
    pub(crate) fn report_leader(report: &mut Report) {
        report.failure("another contender leads");
    }
}
