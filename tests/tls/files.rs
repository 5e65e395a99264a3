//! The files that the opening of a client refuses, with the name and the remedy.

use crate::{ClientSide, pki};
use std::path::PathBuf;
use tenure::{Client, ClientOptions, ErrorKind, TlsOptions, Url};
use tenure_field::tls::Authority;

/// The refusal, which is the same on its own and when a client is opened.
#[track_caller]
fn refusal(tls: &TlsOptions) -> String {
    let error = tls.validate().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
    let url = Url::parse("zk://127.0.0.1:1/g").unwrap();
    let opened = Client::open(&url, ClientOptions::default().tls(tls.clone()));
    assert_eq!(opened.unwrap_err(), error);
    error.message().to_owned()
}

#[test]
fn files_that_cannot_work_are_refused_with_their_names_and_the_reason() {
    let pki = pki();
    let write = |name: &str, content: &str| pki.files.write(name, content);
    let good = pki.authority.issue(&["client.test"]);
    let other = Authority::new("other").issue(&["client.test"]);
    let missing = pki.files.path().join("missing.pem");
    let unfinished = good.certificate.replace("-----END CERTIFICATE-----", "");
    let no_base64 = good.certificate.replacen("MII", "M!I", 1);
    let no_x509 = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let no_key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
    let encrypted = good.key.replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY");
    let huge = "x".repeat(2 << 20);

    let cas: &[(PathBuf, &[&str])] = &[
        (missing.clone(), &["missing.pem", "No such file"]),
        (pki.files.path().into(), &["not a file"]),
        ("/dev/zero".into(), &["/dev/zero", "not a file"]),
        (write("empty.pem", ""), &["empty.pem", "BEGIN CERTIFICATE"]),
        (
            write("text.pem", "sesame"),
            &["text.pem", "BEGIN CERTIFICATE"],
        ),
        (write("huge.pem", &huge), &["huge.pem", "at most"]),
        (write("only.key", &good.key), &["only.key", "there is none"]),
        (
            write("unfinished.pem", &unfinished),
            &["unfinished.pem", "end"],
        ),
        (
            write("nobase64.pem", &no_base64),
            &["nobase64.pem", "base64"],
        ),
        (write("nox509.pem", no_x509), &["nox509.pem", "X.509"]),
        ("zk://u:sesame@h/g".into(), &["@h/g", "cannot be read"]),
    ];
    for (file, words) in cas {
        let said = refusal(&TlsOptions::new(file));
        for word in [&["authorities"], *words].concat() {
            assert!(said.contains(word), "no {word:?} in {said:?}");
        }
        assert!(!said.contains("sesame"), "{said}");
    }

    let certificate = write("good.pem", &good.certificate);
    let key = write("good.key", &good.key);
    let pairs: &[(&PathBuf, &PathBuf, &[&str])] = &[
        (&missing, &key, &["missing.pem", "client's certificate"]),
        (&certificate, &missing, &["missing.pem", "private key"]),
        (&key, &key, &["good.key", "client's certificate"]),
        (&certificate, &certificate, &["good.pem", "private key"]),
        (
            &certificate,
            &write("other.key", &other.key),
            &["other.key", "does not belong", "good.pem"],
        ),
        (
            &certificate,
            &write("encrypted.key", &encrypted),
            &["encrypted.key", "openssl pkey"],
        ),
        (
            &certificate,
            &write("bad.key", no_key),
            &["bad.key", "ECDSA"],
        ),
        (&write("bad.pem", no_x509), &key, &["bad.pem", "X.509"]),
    ];
    for (certificate, key, words) in pairs {
        let tls = pki.anonymous().client_certificate(certificate, key);
        let said = refusal(&tls);
        for word in *words {
            assert!(said.contains(word), "no {word:?} in {said:?}");
        }
        for line in good.key.lines().chain(other.key.lines()) {
            assert!(line.starts_with("-----") || !said.contains(line), "{said}");
        }
    }
    // The control.
    pki.anonymous()
        .client_certificate(&certificate, &key)
        .validate()
        .unwrap();
}

#[test]
fn names_that_no_certificate_can_hold_are_refused() {
    for name in ["", "a b", "-", "zk1..example", "http://zk1"] {
        let said = refusal(&pki().anonymous().server_name(name));
        assert!(said.contains("server name"), "{said}");
    }
    for name in ["zk1.example", "10.0.0.1", "::1"] {
        pki().anonymous().server_name(name).validate().unwrap();
    }
    let odd = Url::parse("zk://zk_1..x:1/g").unwrap();
    let tls = ClientOptions::default().tls(pki().anonymous());
    let error = Client::open(&odd, tls).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert!(error.message().contains("zk_1..x"), "{error}");
    let named = ClientOptions::default().tls(pki().anonymous().server_name("zk1.example"));
    Client::open(&odd, named).unwrap();
}

#[test]
fn debug_shows_names_of_files_and_not_what_they_hold() {
    let shown = format!("{:?}", ClientOptions::default().tls(pki().options()));
    assert!(shown.contains("client.key"), "{shown}");
    let key = std::fs::read_to_string(&pki().key).unwrap();
    let secret = key.lines().nth(1).unwrap();
    assert!(secret.len() > 20 && !shown.contains(secret), "{shown}");
}

#[test]
fn where_nothing_connects_the_options_are_checked_and_not_used() {
    for url in ["memory://tls/g", "10.0.0.1:5050"] {
        let url = Url::parse(url).unwrap();
        let open = |tls| Client::open(&url, ClientOptions::default().tls(tls));
        assert!(open(TlsOptions::new("/nowhere/at/all")).is_err(), "{url}");
        let client = open(pki().options()).unwrap();
        client.close().wait().unwrap();
    }
}
