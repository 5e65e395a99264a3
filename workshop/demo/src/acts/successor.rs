//! Waiting for whoever leads next: what several acts have in common.

use std::time::Duration;

use crate::failure::Step;
use crate::human;
use crate::stage::Stage;
use crate::tenures::Tenure;

/// A new leader, and how long everybody took to know.
pub(super) struct Succession {
    pub(super) tenure: Tenure,
    /// From the cause until it led.
    pub(super) led: Duration,
    /// From the cause until each detector knew.
    pub(super) known: Vec<Duration>,
}

/// Waits until somebody leads who did not at `cause_ns`, and until all detectors know it.
pub(super) fn wait(
    stage: &mut Stage,
    what: &str,
    cause_ns: u64,
    at_most: Duration,
) -> Step<Succession> {
    let tenure = stage.wait(what, at_most, |cast| cast.tenure_since(cause_ns))?;
    let known = stage.wait("both detectors to know", at_most, |cast| {
        cast.known_since(&tenure, cause_ns)
    })?;
    let since_cause = |at_ns: &u64| human::between(cause_ns, *at_ns);
    Ok(Succession {
        led: since_cause(&tenure.from_ns),
        known: known.iter().map(since_cause).collect(),
        tenure,
    })
}

/// Checks that the new token is higher than the old one.
pub(super) fn check_token(stage: &Stage, old: &Tenure, new: &Tenure) -> Step<()> {
    let promise = format!("the token rose, from {} to {}", old.token, new.token);
    stage.check(promise, new.token > old.token, || "it did not".to_owned())
}

/// Waits until this many contenders stand by.
pub(super) fn wait_standbys(stage: &mut Stage, count: usize, at_most: Duration) -> Step<()> {
    stage.wait(
        &format!("{count} contenders to stand by"),
        at_most,
        |cast| (cast.standing_by() == count).then_some(()),
    )
}

/// `token 5 → 9`.
pub(super) fn tokens(old: &Tenure, new: &Tenure) -> String {
    format!(
        "{} → {}, token {} → {}",
        old.name, new.name, old.token, new.token
    )
}
