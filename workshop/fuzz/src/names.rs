//! Znode paths, labels, and names of members.

use tenure::proto::path::{self, MemberName};

pub(crate) fn run(data: &[u8]) {
    let (number, text) = data.split_at(data.len().min(4));
    let sequence = number.try_into().map_or(i32::MIN, i32::from_be_bytes);
    let text = String::from_utf8_lossy(text);
    if path::validate(&text).is_ok() {
        assert!(text.starts_with('/') && !text.contains("//") && !text.contains('\0'));
        if let Some(parent) = path::parent(&text) {
            assert_eq!(path::child(parent, path::basename(&text)), text);
            assert_eq!(path::validate(parent), Ok(()), "the parent of {text:?}");
        }
    }
    if let Some(name) = MemberName::parse(&text) {
        assert_eq!(MemberName::parse(&name.to_string()), Some(name), "{text:?}");
    }
    if path::validate_label(&text).is_ok() {
        let name = MemberName {
            label: Some(text.to_string()),
            sequence,
        };
        assert_eq!(MemberName::parse(&name.to_string()), Some(name));
        // A server appends the number as `%010d`.
        let created = format!(
            "{}{sequence:010}",
            MemberName::prefix("/group", Some(&text))
        );
        let read = MemberName::parse(path::basename(&created));
        assert_eq!(
            read.map(|name| name.label),
            Some(Some(text.to_string())),
            "{created:?}"
        );
        assert!(path::validate(&created).is_ok(), "{created:?}");
    }
}
