//! URLs, parsed: to check one before it is used, and to show it without its password.

use super::error::tenure_error;
use super::guard;
use super::handle::{self, Head, Tagged, must_have};
use super::status::tenure_status;
use super::text::tenure_str;
use crate::api::Url;

/// A URL that says where a group is:
/// `zk://[user:password@]host[:port][,host[:port]...]/path` as Apache Mesos reads it (IPv6 in
/// brackets, port 2181 by default); `file:///path` of a file that holds one; `memory://name/path`
/// for a server inside this process; a bare `host:port`, which is the leader itself. It never
/// changes; any thread may read it.
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

/// Reads a URL. tenure_client_open reads its own: this is for whoever wants to check or to show one.
///
/// @param text       the URL
/// @param url_out    the parsed URL is written here, on success only
/// @param error_out  an error is written here, on failure only; may be NULL
/// @return TENURE_OK, or TENURE_ERR_INVALID_ARGUMENT with a message that says what is expected and
///         never repeats a password
///
/// Ownership: the URL is the caller's, to be freed with tenure_url_free. Threading: any thread.
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

/// The path of the group: what begins at the first `/` after the servers. Of a bare `host:port`, that
/// itself.
///
/// @param url  a URL, or NULL
/// @return the path; of NULL the empty text
///
/// Ownership: the text is the URL's and lives as long as it. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_url_path(url: *const tenure_url) -> tenure_str {
    guard::look(url, tenure_str::EMPTY, |url| tenure_str::of(&url.path))
}

/// The URL as it may be shown to people: without the credentials.
///
/// @param url  a URL, or NULL
/// @return the text; of NULL the empty text
///
/// Ownership: the text is the URL's and lives as long as it. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_url_shown(url: *const tenure_url) -> tenure_str {
    guard::look(url, tenure_str::EMPTY, |url| tenure_str::of(&url.shown))
}

/// Whether the URL is a bare `host:port`: the leader itself.
///
/// @param url  a URL, or NULL
/// @return true if it is; of NULL false
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
/// @return the number; 0 of other URLs and of NULL
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
/// @param index  from 0, in the order in which they were written
/// @return the server; the empty text where there is none
///
/// Ownership: the text is the URL's and lives as long as it. Threading: any thread. Blocking: never.
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
/// @param url  a URL, which must not be used any more, or NULL, which is nothing
///
/// Ownership: takes the URL. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_url_free(url: *mut tenure_url) {
    guard::free(url);
}
