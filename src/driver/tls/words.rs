//! Failures of TLS in words for people: what to check, and where.

use rustls::{AlertDescription, CertificateError, Error};

/// The names that explain errors.
#[derive(Debug)]
pub(super) struct Words {
    /// The file with the authorities.
    pub(super) ca: String,
    /// The file with the client's certificate.
    pub(super) certificate: Option<String>,
}

impl Words {
    /// The meaning of an error; `shaking` if the handshake was not complete.
    pub(super) fn of(&self, error: &Error, shaking: bool) -> String {
        match error {
            Error::InvalidCertificate(why) => self.of_certificate(why),
            Error::AlertReceived(alert) => self.of_alert(*alert),
            Error::InvalidMessage(_) if shaking => {
                "the server does not speak TLS; is this its secureClientPort?".to_owned()
            }
            error => format!("TLS failed: {error}"),
        }
    }

    fn of_certificate(&self, why: &CertificateError) -> String {
        match why {
            // The latter is the error for an authority of the same name with another key.
            CertificateError::UnknownIssuer | CertificateError::BadSignature => format!(
                "the server's certificate is not signed by an authority in {:?}",
                self.ca
            ),
            CertificateError::NotValidForNameContext {
                expected,
                presented,
            } => {
                let names = match presented.as_slice() {
                    [] => "names no host".to_owned(),
                    names => {
                        let names: Vec<&str> = names.iter().map(|name| bare(name)).collect();
                        format!("names {}", names.join(", "))
                    }
                };
                format!(
                    "the server's certificate {names}, and not {:?}; if that is the right server, \
                     give one of its names as the TLS server name",
                    expected.to_str()
                )
            }
            CertificateError::ExpiredContext { .. } | CertificateError::Expired => {
                "the server's certificate has expired, or this machine's wall clock is wrong"
                    .to_owned()
            }
            CertificateError::NotValidYetContext { .. } | CertificateError::NotValidYet => {
                "the server's certificate is not valid yet, or this machine's wall clock is wrong"
                    .to_owned()
            }
            why => format!("the server's certificate is not accepted: {why}"),
        }
    }

    /// The server gives up, and sends the reason as a word.
    fn of_alert(&self, alert: AlertDescription) -> String {
        let said = format!("the server ended TLS with the alert {alert:?}");
        match (alert, &self.certificate) {
            (AlertDescription::CertificateRequired, _) => {
                format!("{said}: it requires a client certificate")
            }
            // Servers in Java say the former two.
            (
                AlertDescription::BadCertificate
                | AlertDescription::HandshakeFailure
                | AlertDescription::CertificateUnknown,
                None,
            ) => format!(
                "{said}: it most likely requires a client certificate (ssl.clientAuth), and none \
                 was given"
            ),
            (
                AlertDescription::BadCertificate
                | AlertDescription::UnsupportedCertificate
                | AlertDescription::CertificateRevoked
                | AlertDescription::CertificateExpired
                | AlertDescription::CertificateUnknown
                | AlertDescription::UnknownCA
                | AlertDescription::AccessDenied,
                Some(file),
            ) => format!("{said}: it does not accept the client certificate in {file:?}"),
            _ => said,
        }
    }

    /// A connection that ended in the middle of the handshake.
    pub(super) fn interrupted(&self, why: &str) -> String {
        let hint = match self.certificate {
            Some(_) => "is this its secureClientPort?",
            None => "is this its secureClientPort, and does it require a client certificate?",
        };
        format!("{why}, in the middle of the TLS handshake; {hint}")
    }
}

/// A name out of `DnsName("name")` or `IpAddress(name)`, as rustls writes it.
fn bare(name: &str) -> &str {
    let inner = name.split_once('(').map_or(name, |(_, inner)| inner);
    inner.trim_end_matches(')').trim_matches('"')
}
