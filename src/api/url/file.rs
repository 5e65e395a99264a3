//! A URL in a file.

use super::super::checks::invalid;
use crate::core::Error;
use crate::driver::small_file;
use std::path::Path;

/// Reads the file called `name`, of at most `limit` bytes, and has `parse` read its text.
pub(super) fn read<T>(
    name: &str,
    limit: usize,
    parse: impl FnOnce(&str) -> Result<T, Error>,
) -> Result<T, Error> {
    let shown = small_file::shown(Path::new(name));
    let content = content(name, limit)
        .map_err(|why| invalid(format!("cannot read the URL from {shown:?}: {why}")))?;
    let content = content.trim();
    if content.is_empty() {
        return Err(invalid(format!(
            "the file {shown:?} is empty; it must hold a zk:// URL"
        )));
    }
    if content.starts_with("file://") {
        return Err(invalid(format!(
            "the file {shown:?} names another file; it must hold a zk:// URL"
        )));
    }
    parse(content).map_err(|error| invalid(format!("in the file {shown:?}: {error}")))
}

fn content(name: &str, limit: usize) -> Result<String, String> {
    let bytes = small_file::read(Path::new(name), limit)?;
    String::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::{URL_BYTES_MAX, Url};
    use std::path::PathBuf;

    struct Dir(PathBuf);

    impl Dir {
        fn new() -> Self {
            let dir = std::env::temp_dir().join(format!("tenure-url-{}", std::process::id()));
            std::fs::create_dir_all(&dir).unwrap();
            Self(dir)
        }

        fn url(&self, name: &str, content: &[u8]) -> String {
            let path = self.0.join(name);
            std::fs::write(&path, content).unwrap();
            format!("file://{}", path.display())
        }
    }

    impl Drop for Dir {
        fn drop(&mut self) {
            drop(std::fs::remove_dir_all(&self.0));
        }
    }

    #[test]
    fn files_are_followed_once() {
        let dir = Dir::new();
        let read = |name, content: &[u8]| Url::parse(&dir.url(name, content));
        let refusal = |name, content: &[u8]| read(name, content).unwrap_err().message().to_owned();
        assert_eq!(
            read("zk", b"\nzk://h/m\n").unwrap().to_string(),
            "zk://h:2181/m"
        );
        assert_eq!(
            read("alone", b"h:1\n").unwrap().standalone().unwrap().port,
            1
        );
        let cycle = dir.url("cycle", b"");
        for (content, words) in [
            (cycle.as_bytes(), ["cycle", "another file"]),
            (b" \n", ["cycle", "is empty"]),
            (b"sesame", ["cycle", "zk://"]),
            (b"zk://u:sesame@h:x/m", ["cycle", "port"]),
            (b"zk://h/a\0b", ["cycle", "allow"]),
            (b"\xff", ["cycle", "UTF-8"]),
            (&[b'x'; URL_BYTES_MAX + 1], ["cycle", "at most 16384"]),
        ] {
            let message = refusal("cycle", content);
            for word in words {
                assert!(message.contains(word), "{message}");
            }
            assert!(!message.contains("sesame"), "{message}");
        }
        let kernel = Url::parse("file:///proc/self/environ").unwrap_err();
        assert!(!kernel.message().contains('='), "{kernel}");
    }
}
