//! The options of a contender, as `tenure._options` has checked them. Generated: do not edit, run `make words`.

use pyo3::prelude::*;
use tenure::{ContenderOptions, LeasePolicy, Reenrol};

/// A `tenure._options.ContenderOptions`.
#[derive(FromPyObject)]
pub(crate) struct ContenderArgument {
    label: Option<String>,
    data: Vec<u8>,
    policy: String,
    reenrol: bool,
    warm: bool,
    lease: Option<u64>,
    fail_over: Option<u64>,
}

impl ContenderArgument {
    /// The options for the group at `path`.
    pub(crate) fn into_options(self, path: &str) -> ContenderOptions {
        let mut options = ContenderOptions::new(path);
        if let Some(label) = self.label {
            options = options.label(label);
        }
        options = options.data(self.data);
        // Python has refused other names.
        options = options.policy(LeasePolicy::from_name(&self.policy).unwrap_or_default());
        options = options.reenrol(if self.reenrol {
            Reenrol::Always
        } else {
            Reenrol::Never
        });
        options = options.warm(self.warm);
        if let Some(lease) = self.lease {
            options = options.lease(std::time::Duration::from_nanos(lease));
        }
        if let Some(fail_over) = self.fail_over {
            options = options.fail_over(std::time::Duration::from_nanos(fail_over));
        }
        options
    }
}
