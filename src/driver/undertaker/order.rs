//! The orders of a process to its undertaker, one message each.

use super::charge::{Charge, nanos};
use super::codec::{Reader, Writer};
use crate::core::{Identity, Secret};
use std::time::Duration;

/// An order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Order {
    /// This is the present session of a client: close it if the process dies.
    Put {
        /// Names the client.
        client: u64,
        charge: Box<Charge>,
        identity: Identity,
    },
    /// The client has no session.
    Remove { client: u64 },
    /// When the process is dead, wait until the reading end of a pipe, which comes with this message, has a
    /// byte. If it ends without one, close nothing.
    Hold { number: u64 },
    /// That hold counts no longer.
    Release { number: u64 },
    /// All sessions were closed in order, or are none of the helper's business any longer: end.
    Bye,
}

impl Order {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut writer;
        match self {
            Self::Put {
                client,
                charge,
                identity,
            } => {
                writer = Writer::tag(1);
                writer.number(*client);
                writer.number(identity.id.cast_unsigned());
                writer.bytes(identity.password.expose());
                writer.number(nanos(identity.timeout));
                charge.write(&mut writer);
            }
            Self::Remove { client } => {
                writer = Writer::tag(2);
                writer.number(*client);
            }
            Self::Hold { number } => {
                writer = Writer::tag(3);
                writer.number(*number);
            }
            Self::Release { number } => {
                writer = Writer::tag(4);
                writer.number(*number);
            }
            Self::Bye => writer = Writer::tag(5),
        }
        writer.finish()
    }

    /// `None` for bytes that are no order.
    pub(crate) fn decode(message: &[u8]) -> Option<Self> {
        let (tag, mut reader) = Reader::of(message)?;
        let order = match tag {
            1 => {
                let client = reader.number()?;
                let identity = Identity {
                    id: reader.number()?.cast_signed(),
                    password: Secret::new(reader.bytes()?),
                    timeout: Duration::from_nanos(reader.number()?),
                };
                let charge = Box::new(Charge::read(&mut reader)?);
                Self::Put {
                    client,
                    charge,
                    identity,
                }
            }
            2 => Self::Remove {
                client: reader.number()?,
            },
            3 => Self::Hold {
                number: reader.number()?,
            },
            4 => Self::Release {
                number: reader.number()?,
            },
            5 => Self::Bye,
            _ => return None,
        };
        reader.is_at_end().then_some(order)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::Host;
    use crate::driver::tls::TlsOptions;

    fn put(tls: Option<TlsOptions>, credentials: Option<Secret>) -> Order {
        let host = |name: &str, port| Host {
            name: name.to_owned(),
            port,
        };
        Order::Put {
            client: 7,
            charge: Box::new(Charge {
                servers: vec![host("zk1.example", 2181), host("::1", 65535)],
                timeout: Duration::from_millis(4001),
                credentials,
                tls,
            }),
            identity: Identity {
                id: -3,
                password: Secret::new(*b"sixteen bytes...."),
                timeout: Duration::from_secs(4),
            },
        }
    }

    fn all() -> Vec<Order> {
        let tls = TlsOptions::new("/ca").server_name("name");
        vec![
            put(None, None),
            put(Some(tls.clone()), Some(Secret::new(*b"user:word"))),
            put(Some(tls.client_certificate("/c", "/k")), None),
            Order::Remove { client: u64::MAX },
            Order::Hold { number: 1 },
            Order::Release { number: 1 },
            Order::Bye,
        ]
    }

    #[test]
    fn an_order_is_read_as_it_was_written() {
        for order in all() {
            assert_eq!(Order::decode(&order.encode()), Some(order));
        }
    }

    #[test]
    fn a_part_of_an_order_or_more_than_one_is_none() {
        for order in all() {
            let bytes = order.encode();
            for end in 0..bytes.len() {
                assert_eq!(Order::decode(&bytes[..end]), None, "{order:?} to {end}");
            }
            assert_eq!(Order::decode(&[&bytes[..], &[0]].concat()), None);
        }
        assert_eq!(Order::decode(&[99]), None);
    }

    #[test]
    fn no_secret_is_printed() {
        let text = format!("{:?}", put(None, Some(Secret::new(*b"user:word"))));
        assert!(
            !text.contains("user:") && !text.contains("119, 111"),
            "{text}"
        );
        assert!(text.contains("Secret(…)"), "{text}");
    }
}
