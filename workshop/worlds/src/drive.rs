//! One input to a client, all outputs for it, and the contract between the two.

use tenure::core::{Client, Input, Output, Time};

/// Gives a client an input, and collects its outputs in `outputs`.
///
/// # Errors
/// The client has broken the contract of its outputs: the last one, and no other, says how long to
/// wait. A client that has ended may put out nothing.
pub fn drive(
    client: &mut Client,
    input: Input<'_>,
    now: Time,
    outputs: &mut Vec<Output>,
) -> Result<(), String> {
    client.handle(input, now);
    while let Some(output) = client.poll_output() {
        outputs.push(output);
    }
    let is_wait = |output: &Output| matches!(output, Output::Wait { .. });
    if outputs.iter().position(is_wait) == outputs.len().checked_sub(1) {
        Ok(())
    } else {
        Err(format!(
            "the last output, and no other, must be the wait: {outputs:?}"
        ))
    }
}
