//! `tenure-undertaker`: the helper that the library starts for the client option `undertaker`.

use std::ffi::OsString;
use std::process::ExitCode;

fn main() -> ExitCode {
    let words: Vec<OsString> = std::env::args_os().collect();
    tenure::undertaker::main(&words)
}
