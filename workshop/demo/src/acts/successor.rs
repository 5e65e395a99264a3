//! Waiting for the next leader: the common part of several acts.

use std::time::Duration;

use crate::demo::Demo;
use crate::failure::Step;
use crate::human;
use crate::tenures::Led;

/// A new leader, and the times until it and the detectors knew.
pub(super) struct Succession {
    pub(super) led: Led,
    /// From the cause until it led.
    pub(super) took: Duration,
    /// From the cause until each detector knew.
    pub(super) known: Vec<Duration>,
}

/// Waits until a client leads that did not lead at `cause_ns`, and until all detectors name it.
pub(super) fn wait(
    demo: &mut Demo,
    what: &str,
    cause_ns: u64,
    at_most: Duration,
) -> Step<Succession> {
    let led = demo.wait(what, at_most, |cast| cast.tenure_since(cause_ns))?;
    let known = demo.wait("both detectors to know", at_most, |cast| {
        cast.known_since(&led, cause_ns)
    })?;
    let since_cause = |at_ns: &u64| human::between(cause_ns, *at_ns);
    Ok(Succession {
        took: since_cause(&led.tenure.begin_ns),
        known: known.iter().map(since_cause).collect(),
        led,
    })
}

/// Checks that the new token is higher than the old one.
pub(super) fn check_token(demo: &Demo, old: &Led, new: &Led) -> Step<()> {
    let promise = format!(
        "the token rose, from {} to {}",
        old.tenure.token, new.tenure.token
    );
    demo.check(promise, new.tenure.token > old.tenure.token, || {
        "it did not".to_owned()
    })
}

/// Waits until this many contenders are standbys.
pub(super) fn wait_standbys(demo: &mut Demo, count: usize, at_most: Duration) -> Step<()> {
    demo.wait(
        &format!("{count} contenders to be standbys"),
        at_most,
        |cast| (cast.standing_by() == count).then_some(()),
    )
}

/// `token 5 → 9`.
pub(super) fn tokens(old: &Led, new: &Led) -> String {
    format!(
        "{} → {}, token {} → {}",
        old.name, new.name, old.tenure.token, new.tenure.token
    )
}
