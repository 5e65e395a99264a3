//! `include/tenure.h` is up to date with `src/capi/`.

use super::api::root;
use std::fs;

#[test]
fn the_header_is_that_of_the_sources() {
    let config = cbindgen::Config::from_file(root().join("cbindgen.toml")).unwrap();
    let bindings = cbindgen::Builder::new()
        .with_config(config)
        .with_src(root().join("src/capi/mod.rs"))
        .generate()
        .unwrap();
    let mut made = Vec::new();
    bindings.write(&mut made);
    let made = String::from_utf8(made).unwrap();
    // A Go module holds all that it is built from: the package has a copy.
    for place in ["include/tenure.h", "bindings/go/internal/native/tenure.h"] {
        let path = root().join(place);
        if std::env::var_os("TENURE_WRITE_HEADER").is_some() {
            fs::write(&path, &made).unwrap();
        }
        let kept = fs::read_to_string(&path).unwrap_or_default();
        assert!(kept == made, "{place} is out of date: run `make header`");
    }
}
