//! Tests that this machine does not allow.

use std::fmt::Display;

/// The value that a test needs, or `None` where this machine does not have it, with the reason
/// printed. The test then returns: it has neither passed nor failed.
#[must_use]
pub fn or_skip<T>(needed: Result<T, impl Display>) -> Option<T> {
    needed.inspect_err(|why| println!("SKIPPED: {why}")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_is_given_and_what_is_not_is_none() {
        assert_eq!(or_skip(Ok::<_, String>(7)), Some(7));
        assert_eq!(or_skip(Err::<u8, _>("none of it here")), None);
    }
}
