//! Requests that a server answers with an error and does not carry out, whatever their content
//! (`RequestThrottler` and its `throttled_op_wait_time`).

use super::bus::{Bus, ConnId};
use super::server::Server;
use alloc::vec::Vec;
use tenure_proto::{ServerError, op};

/// The error of a throttling server (`THROTTLEDOP`). It never answers the end of a session with it
/// (`Request.isThrottlable`).
const THROTTLED: i32 = -127;

/// The next requests of a connection to refuse.
#[derive(Debug)]
pub(super) struct Refusal {
    /// Only this operation, if any.
    pub(super) operation: Option<i32>,
    pub(super) code: i32,
    /// How many more requests to refuse.
    pub(super) times: u32,
}

/// How often a server refuses any request.
#[derive(Debug, Default)]
pub(super) struct Refusals {
    pub(super) per_mille: u32,
    pub(super) codes: Vec<i32>,
}

impl Server {
    /// The error with which this request is refused, if it is. A ping or an `addauth` is never
    /// refused.
    pub(super) fn refuses(
        &mut self,
        conn: ConnId,
        operation: i32,
        bus: &mut Bus,
    ) -> Option<ServerError> {
        if matches!(operation, op::PING | op::AUTH) {
            return None;
        }
        let code = self
            .refuses_next(conn, operation)
            .or_else(|| self.refuses_any(operation, bus))?;
        Some(ServerError::from_code(code))
    }

    fn refuses_next(&mut self, conn: ConnId, operation: i32) -> Option<i32> {
        let conn = self.clients.conns.get_mut(&conn)?;
        conn.refusals.retain(|refusal| refusal.times > 0);
        let meant = |refusal: &&mut Refusal| refusal.operation.is_none_or(|only| only == operation);
        let refusal = conn.refusals.iter_mut().find(meant)?;
        refusal.times -= 1;
        Some(refusal.code)
    }

    fn refuses_any(&self, operation: i32, bus: &mut Bus) -> Option<i32> {
        let Refusals { per_mille, codes } = &self.refusals;
        if *per_mille == 0 || bus.rng.below(1000) >= u64::from(*per_mille) {
            return None;
        }
        let code = codes.get(bus.rng.index(codes.len())).copied()?;
        (operation != op::CLOSE_SESSION || code != THROTTLED).then_some(code)
    }
}
