//! The hour of agents by the C ABI: `agents.c`, linked with the archive of this build.

use crate::agents::Cost;
use std::path::{Path, PathBuf};
use std::process::Command;
use tenure_field::cabi::{archive, say_or_fail};

/// Builds the program beside this one.
pub(crate) fn build() -> Result<PathBuf, String> {
    let own = std::env::current_exe().map_err(|e| format!("cannot find this program: {e}"))?;
    let program = own.with_file_name("bench-masters-agents");
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    say_or_fail(
        Command::new(std::env::var_os("CC").unwrap_or_else(|| "cc".into()))
            .args(["-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror", "-o"])
            .arg(&program)
            .arg("-I")
            .arg(here.join("../../../include"))
            .arg(here.join("agents.c"))
            .arg(archive())
            .args(["-lpthread", "-ldl", "-lm"]),
    );
    Ok(program)
}

/// Measures once.
pub(crate) fn measure(program: &Path, agents: u32) -> Result<Cost, String> {
    let said = say_or_fail(Command::new(program).arg(agents.to_string()));
    parse(&said).ok_or_else(|| format!("{} says {said:?}", program.display()))
}

fn parse(line: &str) -> Option<Cost> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let [pings, observer, both, accepted, refused] = *words.as_slice() else {
        return None;
    };
    Some(Cost {
        pings: pings.parse().ok()?,
        observer: observer.parse().ok()?,
        both: both.parse().ok()?,
        accepted: accepted.parse().ok()?,
        refused: refused.parse().ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_five_numbers() {
        let cost = parse("2390000 0.25 1.5 20.125 18\n").expect("a line");
        assert_eq!(
            (cost.pings, cost.observer, cost.both),
            (2_390_000, 0.25, 1.5)
        );
        assert_eq!((cost.accepted, cost.refused), (20.125, 18.0));
        assert_eq!(parse("1 2 3 4"), None);
        assert_eq!(parse("1 2 3 4 x"), None);
    }
}
