//! A password, and a search for it in a text.

/// The only password of all inputs; their other text must not contain it.
pub(crate) const SECRET: &str = "Xq7!sesame-Vw";
/// The password of a session: sixteen bytes.
pub(crate) const SESSION_SECRET: &[u8; 16] = b"Kz9?session-key.";

/// Whether the input itself has a secret: a server that repeats it proves nothing.
pub(crate) fn is_in(data: &[u8]) -> bool {
    let holds = |secret: &[u8]| data.windows(secret.len()).any(|part| part == secret);
    holds(SECRET.as_bytes()) || holds(SESSION_SECRET)
}

/// Panics if `shown` contains a secret, as text or as a list of bytes.
#[track_caller]
pub(crate) fn is_not_in(shown: &str) {
    for secret in [SECRET.as_bytes(), SESSION_SECRET] {
        let list = format!("{secret:?}");
        let list = list.trim_matches(['[', ']']);
        let text = str::from_utf8(secret).expect("it is ASCII");
        assert!(
            !shown.contains(text) && !shown.contains(list),
            "a secret is shown: {shown}"
        );
    }
}
