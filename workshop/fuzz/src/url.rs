//! URLs.

use crate::secret::{self, SECRET};
use tenure::Url;

pub(crate) fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    // A file's text is another input; a URL that names a file is tested without it.
    if text.contains("file:") || secret::is_in(data) {
        return;
    }
    if let Ok(url) = Url::parse(&text) {
        reads_back(&url);
    }
    for around in [
        format!("zk://user:{SECRET}@{text}"),
        format!("zk://{text}:{SECRET}@h/p"),
        format!("{text}{SECRET}@h:1/p"),
    ] {
        match Url::parse(&around) {
            Ok(url) => {
                reads_back(&url);
                // A slash ends the credentials: the text after it never was one.
                let rest = around.strip_prefix("zk://").unwrap_or(&around);
                if rest.find('/') > rest.find(SECRET) {
                    secret::is_not_in(&format!("{url} {url:?}"));
                }
            }
            Err(error) => secret::is_not_in(&format!("{error} {error:?}")),
        }
    }
}

/// The shown form of a URL is a URL of the same servers and path, except for the credentials.
fn reads_back(url: &Url) {
    let shown = url.to_string().replacen("…@", "", 1);
    let again = Url::parse(&shown).unwrap_or_else(|error| panic!("{shown:?}: {error}"));
    assert_eq!(again.path(), url.path(), "{shown:?}");
    assert_eq!(again.servers(), url.servers(), "{shown:?}");
    assert_eq!(again.standalone(), url.standalone(), "{shown:?}");
    assert!(url.servers().iter().all(|host| host.port > 0), "{shown:?}");
    assert!(url.standalone().is_some() || url.path().starts_with('/'));
}
