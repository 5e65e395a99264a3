//! URLs, parsed: to check one before use, and to show it without its password.

use super::error::tenure_error;
use super::guard;
use super::handle::{self, Head, Tagged, must_have};
use super::status::tenure_status;
use super::text::tenure_str;
use crate::api::Url;

/// A URL that says where a group is: `zk://[user:password@]host[:port][,host[:port]...]/path` as in
/// Apache Mesos (IPv6 in brackets, port 2181 by default); `file:///path` of a file that holds a
/// URL; `memory://name/path` for a server inside this process (`memory://name?server=KIND/path` for one that
/// behaves like another server: `keeper`, `old-keeper` or `raftkeeper`); a bare `host:port`, which is the
/// leader itself. A text that surely is a mistake is refused, such as `zk://h1/app,h2/app` or
/// `zk://h/app?x`; a path that begins with `/./` is meant as it is written, as in `zk://h/./app?x`.
/// It never changes; any thread may read it.
///
/// @since ABI 1
#[cfg_attr(feature = "capi", repr(C))]
pub struct tenure_url {
    head: Head,
    path: String,
    shown: String,
    servers: Vec<String>,
    standalone: bool,
}

impl Tagged for tenure_url {
    const TAG: u32 = 0x7465_0005;
    const NAME: &'static str = "a tenure_url";

    fn head(&self) -> &Head {
        &self.head
    }
}

/// Parses a URL. tenure_client_open parses its own; this function is for programs that check or
/// show a URL.
///
/// @param text       the URL
/// @param url_out    the parsed URL is written here, on success only
/// @param error_out  an error is written here, on failure only; may be NULL
/// @return TENURE_OK, or TENURE_ERR_INVALID_ARGUMENT with a message that says what is expected and
///         never repeats a password
///
/// Ownership: the caller owns the URL and frees it with tenure_url_free. Threading: any thread.
/// Blocking: only to read the file of a `file://` URL.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_url_parse(
    text: tenure_str,
    url_out: *mut *mut tenure_url,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    guard::call(error_out, || {
        must_have(url_out, "url_out")?;
        let url = Url::parse(text.read("text")?)?;
        handle::put(url_out, || {
            handle::make(tenure_url {
                head: Head::new::<tenure_url>(),
                path: url.path().to_owned(),
                shown: url.to_string(),
                servers: url.servers().iter().map(ToString::to_string).collect(),
                standalone: url.standalone().is_some(),
            })
        });
        Ok(())
    })
}

/// The path of the group: everything from the first `/` after the servers on. For a bare
/// `host:port`, that `host:port`.
///
/// @param url  a URL, or NULL
/// @return the path; the empty text if `url` is NULL
///
/// Ownership: the text belongs to the URL and lives as long as it. Threading: any thread. Blocking:
/// never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_url_path(url: *const tenure_url) -> tenure_str {
    guard::look(url, tenure_str::EMPTY, |url| tenure_str::of(&url.path))
}

/// The URL as people may see it: without the credentials.
///
/// @param url  a URL, or NULL
/// @return the text; the empty text if `url` is NULL
///
/// Ownership: the text belongs to the URL and lives as long as it. Threading: any thread. Blocking:
/// never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_url_shown(url: *const tenure_url) -> tenure_str {
    guard::look(url, tenure_str::EMPTY, |url| tenure_str::of(&url.shown))
}

/// Whether the URL is a bare `host:port`: the leader itself.
///
/// @param url  a URL, or NULL
/// @return true if it is; false if `url` is NULL
///
/// Ownership: nothing changes hands. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_url_is_standalone(url: *const tenure_url) -> bool {
    guard::look(url, false, |url| url.standalone)
}

/// How many servers a `zk://` URL names.
///
/// @param url  a URL, or NULL
/// @return the number; 0 for other URLs, and if `url` is NULL
///
/// Ownership: nothing changes hands. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_url_server_count(url: *const tenure_url) -> usize {
    guard::look(url, 0, |url| url.servers.len())
}

/// A server of a `zk://` URL, as `host:port`.
///
/// @param url    a URL, or NULL
/// @param index  from 0, in the order of the URL
/// @return the server; the empty text where there is none
///
/// Ownership: the text belongs to the URL and lives as long as it. Threading: any thread. Blocking:
/// never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_url_server(url: *const tenure_url, index: usize) -> tenure_str {
    guard::look(url, tenure_str::EMPTY, |url| {
        url.servers
            .get(index)
            .map_or(tenure_str::EMPTY, |s| tenure_str::of(s))
    })
}

/// Frees a URL.
///
/// @param url  a URL; it must not be used afterwards. NULL has no effect
///
/// Ownership: takes the URL. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_url_free(url: *mut tenure_url) {
    guard::free(url);
}
