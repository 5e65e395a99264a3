//! The header alone, in every language and by every compiler for which it is written.

use super::api::root;
use super::built::{has, say_or_fail, scratch};
use std::fs;
use std::path::Path;
use std::process::Command;

const STRICT: &[&str] = &["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror"];

/// Two units, each of which includes the headers twice, in one program.
fn compile(compiler: &str, language: &str, standard: &str, headers: &[&str]) {
    let folder = scratch(&format!("compile/{compiler}-{standard}-{}", headers.len()));
    let suffix = if language == "c++" { "cpp" } else { "c" };
    let includes: String = headers
        .iter()
        .chain(headers)
        .map(|header| format!("#include <{header}>\n"))
        .collect();
    let linkage = if language == "c++" {
        "extern \"C\" "
    } else {
        ""
    };
    let first = format!(
        "{includes}\n{linkage}int32_t other(void);\nint main(void)\n{{\n    \
         return tenure_str_c(TENURE_VERSION).len == 0 || other() != TENURE_ABI_VERSION;\n}}\n"
    );
    let second = format!(
        "{includes}\n{linkage}int32_t other(void);\nint32_t other(void)\n{{\n    \
         return (int32_t)tenure_str_c(NULL).len + TENURE_ABI_VERSION + TENURE_OK;\n}}\n"
    );
    let mut units = Vec::new();
    for (name, text) in [("first", first), ("second", second)] {
        let path = folder.join(format!("{name}.{suffix}"));
        fs::write(&path, text).unwrap();
        units.push(path);
    }
    let program = folder.join("program");
    say_or_fail(
        Command::new(compiler)
            .arg(format!("-std={standard}"))
            .args(STRICT)
            .arg("-I")
            .arg(root().join("include"))
            .args(["-o".as_ref(), program.as_os_str()])
            .args(&units),
    );
    // It calls no function of the library, and so runs without it.
    say_or_fail(&mut Command::new(Path::new(&program)));
}

#[test]
fn the_header_compiles_in_c() {
    for compiler in ["gcc", "clang"] {
        for standard in ["c99", "c11", "c17"] {
            compile(compiler, "c", standard, &["tenure.h"]);
        }
    }
}

#[test]
fn the_header_compiles_in_cpp() {
    for compiler in ["g++", "clang++"] {
        for standard in ["c++11", "c++17", "c++20"] {
            compile(compiler, "c++", standard, &["tenure.h"]);
        }
    }
}

#[test]
fn compilers_are_at_hand() {
    // The absence of some compilers must not look like a success of the others.
    for compiler in ["gcc", "g++", "clang", "clang++"] {
        assert!(has(compiler), "{compiler} is not here: run scripts/setup");
    }
}
