//! Files and namespaces that a killed test process could not remove.

use std::path::Path;

/// `PREFIX-PID-`, the beginning of names that must not outlive this process.
pub(crate) fn own_prefix(prefix: &str) -> String {
    format!("{prefix}-{}-", std::process::id())
}

/// The names in `directory` that begin with `prefix` and the PID of a process that has ended.
pub(crate) fn leftovers(directory: &Path, prefix: &str) -> Vec<String> {
    let names = std::fs::read_dir(directory).into_iter().flatten().flatten();
    let names = names.filter_map(|entry| entry.file_name().into_string().ok());
    names.filter(|name| owner_is_gone(name, prefix)).collect()
}

fn owner_is_gone(name: &str, prefix: &str) -> bool {
    let owner = name
        .strip_prefix(prefix)
        .and_then(|rest| rest.split('-').nth(1));
    let owner = owner.and_then(|pid| pid.parse::<u32>().ok());
    owner.is_some_and(|pid| !Path::new("/proc").join(pid.to_string()).exists())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_dead_leave_something_behind() {
        let name = |pid: u32| format!("lab-{pid}-servers");
        assert!(
            !owner_is_gone(&format!("{}x", own_prefix("lab")), "lab"),
            "this process lives"
        );
        assert!(
            owner_is_gone(&name(u32::MAX), "lab"),
            "no process has this id"
        );
        assert!(!owner_is_gone(&name(u32::MAX), "other"));
        assert!(!owner_is_gone("lab-mine", "lab"));
    }
}
