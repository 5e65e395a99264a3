//! HTTP to the programs: no redirect is followed, and each answer is one.

use std::time::Duration;

use serde_json::Value;
use ureq::Agent;

/// How long a program may take to answer.
const LIMIT: Duration = Duration::from_secs(3);
/// How much of an answer is read.
const BODY_BYTES_MAX: u64 = 4 * 1024 * 1024;

#[derive(Clone, Debug)]
pub(crate) struct Web(Agent);

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// The header `Location` as it was sent, empty if there is none.
    pub(crate) location: String,
    pub(crate) body: String,
}

impl Answer {
    /// The body as JSON; null if it is something else.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }
}

impl Web {
    pub(crate) fn new() -> Self {
        let config = Agent::config_builder()
            .max_redirects(0)
            .http_status_as_error(false)
            .timeout_global(Some(LIMIT))
            // A process that was started again has the same address.
            .max_idle_connections(0)
            .build();
        Self(config.into())
    }

    pub(crate) fn get(&self, address: &str, path: &str) -> Result<Answer, String> {
        answer(self.0.get(format!("http://{address}{path}")).call())
    }

    pub(crate) fn post(&self, address: &str, path: &str, body: &Value) -> Result<Answer, String> {
        let request = self.0.post(format!("http://{address}{path}"));
        let request = request.content_type("application/json");
        answer(request.send(body.to_string()))
    }
}

fn answer(got: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Result<Answer, String> {
    let mut got = got.map_err(|error| error.to_string())?;
    let location = got.headers().get("location");
    let location = location.and_then(|location| location.to_str().ok());
    Ok(Answer {
        status: got.status().as_u16(),
        location: location.unwrap_or_default().to_owned(),
        body: {
            let body = got.body_mut().with_config().limit(BODY_BYTES_MAX);
            body.read_to_string().map_err(|error| error.to_string())?
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Write};
    use std::net::TcpListener;

    /// A server that gives this answer once, and the request that it got.
    fn serve(
        text: &'static str,
        request_end: &'static [u8],
    ) -> (String, std::thread::JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let served = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = Vec::new();
            let mut chunk = [0; 1024];
            while !request.ends_with(request_end) {
                let length = stream.read(&mut chunk).unwrap();
                request.extend(&chunk[..length]);
            }
            stream.write_all(text.as_bytes()).unwrap();
            String::from_utf8(request).unwrap()
        });
        (address, served)
    }

    #[test]
    fn a_redirect_is_an_answer() {
        let (address, served) = serve(
            "HTTP/1.1 307 x\r\nLocation: //h:1/path\r\nContent-Length: 0\r\n\r\n",
            b"\r\n\r\n",
        );
        let got = Web::new().get(&address, "/path").unwrap();
        assert_eq!((got.status, got.location.as_str()), (307, "//h:1/path"));
        assert!(served.join().unwrap().starts_with("GET /path HTTP/1.1\r\n"));
    }

    #[test]
    fn a_refusal_is_an_answer_with_a_body() {
        let (address, served) = serve(
            "HTTP/1.1 403 x\r\nContent-Length: 13\r\n\r\n{\"error\":\"x\"}",
            b"}",
        );
        let got = Web::new()
            .post(&address, "/launch", &serde_json::json!({"from": {}}))
            .unwrap();
        assert_eq!((got.status, got.json()["error"].as_str()), (403, Some("x")));
        let request = served.join().unwrap();
        assert!(
            request.contains("application/json") && request.ends_with(r#"{"from":{}}"#),
            "{request}"
        );
    }

    #[test]
    fn nobody_there_is_an_error() {
        let address = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .to_string();
        assert!(Web::new().get(&address, "/").is_err());
    }
}
