//! Tells answers that decide a request from those that do not.
//!
//! A server answers a request with an outcome, or with an error. Some errors are outcomes: a znode that
//! does not exist, an ACL that forbids. Every other error (of a server that throttles, −127, or is
//! overloaded, −4, −7, or any unknown code) says nothing about the znode: the server may have carried the
//! operation out or not. The machine asks again after a pause, and for a write it first looks for the
//! outcome, as after a lost reply.

use tenure_proto::{ServerError, op};

/// Whether this error is the outcome of operation `number`.
pub fn decides(number: i32, error: ServerError) -> bool {
    // A request that ends one connection after the other is not sent again. The outcome of such a write
    // was looked for before.
    if error.is_local() {
        return matches!(number, op::CREATE | op::CREATE2 | op::SET_DATA);
    }
    // Each list has the errors with which `PrepRequestProcessor` and `FinalRequestProcessor` answer on
    // purpose.
    let outcomes: &[ServerError] = match number {
        op::CREATE | op::CREATE2 => &[
            ServerError::NoNode,
            ServerError::NodeExists,
            ServerError::NoAuth,
            ServerError::InvalidAcl,
            ServerError::NoChildrenForEphemerals,
            ServerError::BadArguments,
            ServerError::Unimplemented,
        ],
        op::EXISTS | op::GET_DATA | op::GET_CHILDREN2 => &[
            ServerError::NoNode,
            ServerError::NoAuth,
            ServerError::BadArguments,
        ],
        op::DELETE => &[
            ServerError::NoNode,
            ServerError::NoAuth,
            ServerError::BadVersion,
            ServerError::NotEmpty,
            ServerError::BadArguments,
        ],
        op::SET_DATA => &[
            ServerError::NoNode,
            ServerError::NoAuth,
            ServerError::BadVersion,
            ServerError::BadArguments,
        ],
        op::GET_EPHEMERALS => &[ServerError::Unimplemented],
        // A session that does not exist is closed.
        op::CLOSE_SESSION => &[ServerError::SessionExpired],
        // The outcomes of a `multi` are in its body. The other operations change nothing, and their
        // errors say nothing.
        _ => &[],
    };
    outcomes.contains(&error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_operation_takes_an_unknown_code_for_an_outcome() {
        let operations = [
            op::CREATE,
            op::CREATE2,
            op::EXISTS,
            op::GET_DATA,
            op::GET_CHILDREN2,
            op::DELETE,
            op::SET_DATA,
            op::GET_EPHEMERALS,
            op::MULTI,
            op::SYNC,
            op::CLOSE_SESSION,
        ];
        for number in operations {
            for code in [-127, -125, -13, -7, -5, -4, -3, -2, -1, 1, -999] {
                let error = ServerError::from_code(code);
                assert!(!decides(number, error), "{number} {code}");
            }
        }
    }

    #[test]
    fn gone_is_an_outcome_wherever_a_znode_is_named() {
        for number in [op::CREATE2, op::EXISTS, op::GET_DATA, op::GET_CHILDREN2] {
            assert!(decides(number, ServerError::NoNode));
            assert!(decides(number, ServerError::NoAuth));
        }
        assert!(!decides(op::GET_EPHEMERALS, ServerError::NoNode));
        assert!(!decides(op::MULTI, ServerError::NoNode));
        assert!(!decides(op::EXISTS, ServerError::Unimplemented));
    }
}
