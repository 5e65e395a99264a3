//! The orders of a process to its undertaker, one message each.

use super::charge::{Charge, nanos};
use super::codec::{Reader, Writer};
use crate::core::{Farewell, Identity, Secret, Will};
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
        /// What is to be done before.
        wills: Vec<Will>,
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
                wills,
            } => {
                writer = Writer::tag(1);
                writer.number(*client);
                writer.number(identity.id.cast_unsigned());
                writer.bytes(identity.password.expose());
                writer.number(nanos(identity.timeout));
                charge.write(&mut writer);
                writer.number(wills.len() as u64);
                for will in wills {
                    write_will(&mut writer, will);
                }
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
                let count = reader.number()?;
                let mut wills = Vec::new();
                for _ in 0..count {
                    wills.push(read_will(&mut reader)?);
                }
                Self::Put {
                    client,
                    charge,
                    identity,
                    wills,
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

/// The bytes that wills may take in a message; the znodes of more than that are left to the end of the session.
pub(crate) const WILLS_BYTES_MAX: usize = 32 << 10;

/// The first of these wills, as many as fit into a message.
pub(crate) fn wills_that_fit(wills: &[Will]) -> &[Will] {
    let mut writer = Writer::default();
    let mut fits = |will: &&Will| {
        write_will(&mut writer, will);
        writer.len() <= WILLS_BYTES_MAX
    };
    let count = wills.iter().take_while(|will| fits(will)).count();
    &wills[..count]
}

fn write_will(writer: &mut Writer, will: &Will) {
    writer.bytes(will.path.as_bytes());
    writer.number(will.token);
    writer.option(will.farewell.as_ref(), |writer, farewell| {
        writer.bytes(&farewell.data);
        writer.number(u64::from(farewell.version.cast_unsigned()));
    });
}

fn read_will(reader: &mut Reader<'_>) -> Option<Will> {
    Some(Will {
        path: reader.text()?,
        token: reader.number()?,
        farewell: reader.option(|reader| {
            Some(Farewell {
                data: reader.bytes()?.to_vec(),
                version: u32::try_from(reader.number()?).ok()?.cast_signed(),
            })
        })?,
    })
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
            wills: [None, Some(-1)].map(will).into(),
        }
    }

    fn will(version: Option<i32>) -> Will {
        Will {
            path: "/g/c_0000000001".to_owned(),
            token: 7,
            farewell: version.map(|version| Farewell {
                data: b"tenure 1 released 7 2500 0 0".to_vec(),
                version,
            }),
        }
    }

    #[test]
    fn more_wills_than_fit_are_left_out() {
        let wills = vec![will(Some(1)); 2000];
        let fit = wills_that_fit(&wills).len();
        assert!((100..2000).contains(&fit), "{fit}");
        assert_eq!(wills_that_fit(&wills[..3]).len(), 3);
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
