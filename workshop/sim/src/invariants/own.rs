//! A write is answered by its own transaction, and never by a transaction that some server had
//! applied before the write was sent.

use super::Broken;
use tenure_worlds::Question;

pub(super) fn check(id: usize, question: Option<Question>) -> Result<(), Broken> {
    match question {
        Some(Question { before, zxid, .. }) if zxid <= before => Err(format!(
            "a write of client {id} is answered by transaction {zxid:#x}, but {before:#x} was applied \
             when it was sent"
        )),
        Some(_) | None => Ok(()),
    }
}
