//! The exports of the library, and its linking.

use super::api;
use super::built::{say_or_fail, shared, soname};
use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

#[test]
fn the_library_exports_what_the_header_declares_and_nothing_else() {
    let said = say_or_fail(
        Command::new("nm")
            .args([
                "--dynamic",
                "--defined-only",
                "--extern-only",
                "--format=posix",
            ])
            .arg(shared()),
    );
    let exported: BTreeSet<String> = said
        .lines()
        .map(|line| line.split([' ', '@']).next().unwrap().to_owned())
        .collect();
    let declared: BTreeSet<String> = api::functions().into_iter().map(|f| f.name).collect();
    let missing: Vec<_> = declared.difference(&exported).collect();
    let stray: Vec<_> = exported.difference(&declared).collect();
    assert!(missing.is_empty(), "declared, not exported: {missing:?}");
    assert!(stray.is_empty(), "exported, not declared: {stray:?}");
}

fn dynamic_section() -> String {
    say_or_fail(
        Command::new("readelf")
            .args(["--dynamic", "--wide"])
            .arg(shared()),
    )
}

#[test]
fn the_soname_is_that_of_the_abi_everywhere() {
    let soname = soname();
    let section = dynamic_section();
    assert!(
        section.contains(&format!("Library soname: [{soname}]")),
        "no {soname} in {section}"
    );
    let abi = api::define("TENURE_ABI_VERSION");
    let build = fs::read_to_string(api::root().join("crates/clib/build.rs")).unwrap();
    assert!(build.contains(&format!("-soname,{soname}\"")), "{build}");
    let manifest = fs::read_to_string(api::root().join("crates/clib/Cargo.toml")).unwrap();
    let capi = manifest
        .split("[package.metadata.capi.library]")
        .nth(1)
        .unwrap();
    let capi = capi.split("\n[").next().unwrap();
    assert!(
        capi.contains(&format!("version = \"{abi}.0.0\"")),
        "cargo-c would give another soname: {capi}"
    );
}

#[test]
fn the_library_is_never_unloaded() {
    let section = dynamic_section();
    assert!(section.contains("NODELETE"), "{section}");
}

#[test]
fn the_library_asks_for_no_more_than_the_c_library() {
    let section = dynamic_section();
    for line in section.lines().filter(|line| line.contains("(NEEDED)")) {
        let known = [
            "libc.so",
            "libgcc_s.so",
            "libm.so",
            "libpthread.so",
            "libdl.so",
            "librt.so",
            "ld-linux",
        ];
        assert!(known.iter().any(|k| line.contains(k)), "{line}");
    }
}
