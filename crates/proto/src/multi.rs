//! `multi`: operations that succeed or fail together.
//!
//! The outcome of each operation is in the *body* of the reply, behind a header of its own; the
//! header of the reply reports success even when all of them failed (`MultiOperationRecord`,
//! `MultiResponse`).

use super::acl::Acl;
use super::create_mode::CreateMode;
use super::jute::{DecodeError, Reader, Writer};
use super::numbers::op;
use super::response::Response;
use super::server_error::ServerError;
use super::stat::Stat;
use alloc::string::String;
use alloc::vec::Vec;

/// The type in the header of a failed operation, and of the end.
const ERROR: i32 = -1;

/// One operation of a `multi`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum MultiOp {
    /// Succeeds if the znode exists and has this version; -1 means any.
    Check {
        path: String,
        version: i32,
    },
    Create {
        path: String,
        data: Vec<u8>,
        acl: Vec<Acl>,
        mode: CreateMode,
    },
    Delete {
        path: String,
        version: i32,
    },
    SetData {
        path: String,
        data: Vec<u8>,
        version: i32,
    },
}

impl MultiOp {
    fn op(&self) -> i32 {
        match self {
            Self::Check { .. } => op::CHECK,
            Self::Create { .. } => op::CREATE,
            Self::Delete { .. } => op::DELETE,
            Self::SetData { .. } => op::SET_DATA,
        }
    }

    fn encode(&self, w: &mut Writer<'_>) {
        header(w, self.op(), false, -1);
        match self {
            Self::Check { path, version } | Self::Delete { path, version } => {
                w.string(path).i32(*version);
            }
            Self::Create {
                path,
                data,
                acl,
                mode,
            } => {
                w.string(path).buffer(data).vector(acl, |w, acl| {
                    acl.encode(w);
                });
                w.i32(mode.flags());
            }
            Self::SetData {
                path,
                data,
                version,
            } => {
                w.string(path).buffer(data).i32(*version);
            }
        }
    }

    fn decode(number: i32, r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(match number {
            op::CHECK => Self::Check {
                path: r.string()?,
                version: r.i32()?,
            },
            op::CREATE => Self::Create {
                path: r.string()?,
                data: r.buffer()?.to_vec(),
                acl: r.vector(Acl::decode)?,
                mode: CreateMode::from_flags(r.i32()?)?,
            },
            op::DELETE => Self::Delete {
                path: r.string()?,
                version: r.i32()?,
            },
            op::SET_DATA => Self::SetData {
                path: r.string()?,
                data: r.buffer()?.to_vec(),
                version: r.i32()?,
            },
            _ => return Err(DecodeError("an operation that no multi may hold")),
        })
    }
}

pub(super) fn encode_ops(ops: &[MultiOp], w: &mut Writer<'_>) {
    for op in ops {
        op.encode(w);
    }
    header(w, ERROR, true, -1);
}

pub(super) fn decode_ops(r: &mut Reader<'_>) -> Result<Vec<MultiOp>, DecodeError> {
    let mut ops = Vec::new();
    while let Some((number, _)) = next(r)? {
        ops.push(MultiOp::decode(number, r)?);
    }
    Ok(ops)
}

/// The outcomes, in the order of the operations.
pub(super) fn encode_results(results: &[Result<Response, ServerError>], w: &mut Writer<'_>) {
    for result in results {
        match result {
            Ok(Response::Path(path)) => {
                header(w, op::CREATE, false, 0);
                w.string(path);
            }
            Ok(Response::Stat(stat)) => {
                header(w, op::SET_DATA, false, 0);
                stat.encode(w);
            }
            // The other operations have no body; readers need not distinguish a check from a
            // delete.
            Ok(_) => header(w, op::CHECK, false, 0),
            Err(error) => {
                header(w, ERROR, false, error.code());
                w.i32(error.code());
            }
        }
    }
    header(w, ERROR, true, -1);
}

pub(super) fn decode_results(
    r: &mut Reader<'_>,
) -> Result<Vec<Result<Response, ServerError>>, DecodeError> {
    let mut results = Vec::new();
    while let Some((number, _)) = next(r)? {
        results.push(match number {
            ERROR => match r.i32()? {
                // An operation before the failed one: it was not carried out either.
                0 => Ok(Response::Empty),
                code => Err(ServerError::from_code(code)),
            },
            op::CREATE => Ok(Response::Path(r.string()?)),
            op::SET_DATA => Ok(Response::Stat(Stat::decode(r)?)),
            op::CHECK | op::DELETE => Ok(Response::Empty),
            _ => return Err(DecodeError("an outcome of an operation that was not asked")),
        });
    }
    Ok(results)
}

fn header(w: &mut Writer<'_>, number: i32, done: bool, err: i32) {
    w.i32(number).bool(done).i32(err);
}

/// The next header, or `None` at the end. Each is at least nine bytes long, so the length of the
/// record limits their number.
fn next(r: &mut Reader<'_>) -> Result<Option<(i32, i32)>, DecodeError> {
    let (number, done, err) = (r.i32()?, r.bool()?, r.i32()?);
    Ok((!done).then_some((number, err)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    fn check(path: &str) -> MultiOp {
        MultiOp::Check {
            path: path.into(),
            version: -1,
        }
    }

    #[test]
    fn operations_are_written_as_the_java_client_writes_them() {
        let mut bytes = Vec::new();
        encode_ops(&[check("/g")], &mut Writer::new(&mut bytes));
        let expected = [
            &[0, 0, 0, 13, 0, 0xff, 0xff, 0xff, 0xff][..],
            &[0, 0, 0, 2, b'/', b'g', 0xff, 0xff, 0xff, 0xff],
            &[0xff, 0xff, 0xff, 0xff, 1, 0xff, 0xff, 0xff, 0xff],
        ];
        assert_eq!(bytes, expected.concat());
    }

    #[test]
    fn operations_and_outcomes_read_back() {
        let ops = vec![
            check("/a"),
            MultiOp::Create {
                path: "/a/b".into(),
                data: vec![1],
                acl: Acl::open(),
                mode: CreateMode::Persistent,
            },
            MultiOp::SetData {
                path: "/a".into(),
                data: vec![2],
                version: 0,
            },
            MultiOp::Delete {
                path: "/a/b".into(),
                version: 3,
            },
        ];
        let mut bytes = Vec::new();
        encode_ops(&ops, &mut Writer::new(&mut bytes));
        assert_eq!(decode_ops(&mut Reader::new(&bytes)), Ok(ops));

        let results = vec![
            Ok(Response::Empty),
            Ok(Response::Path("/a/b".into())),
            Ok(Response::Stat(Stat::default())),
            Err(ServerError::NoNode),
        ];
        let mut bytes = Vec::new();
        encode_results(&results, &mut Writer::new(&mut bytes));
        assert_eq!(decode_results(&mut Reader::new(&bytes)), Ok(results));
    }

    #[test]
    fn an_operation_that_fell_with_another_is_no_error_of_its_own() {
        let mut bytes = Vec::new();
        let mut w = Writer::new(&mut bytes);
        header(&mut w, ERROR, false, 0);
        w.i32(0);
        header(&mut w, ERROR, false, -101);
        w.i32(-101);
        header(&mut w, ERROR, true, -1);
        assert_eq!(
            decode_results(&mut Reader::new(&bytes)),
            Ok(vec![Ok(Response::Empty), Err(ServerError::NoNode)])
        );
    }

    #[test]
    fn a_record_without_an_end_is_refused() {
        let mut bytes = Vec::new();
        encode_ops(&[check("/a")], &mut Writer::new(&mut bytes));
        for cut in 0..bytes.len() {
            assert!(decode_ops(&mut Reader::new(&bytes[..cut])).is_err());
        }
    }
}
