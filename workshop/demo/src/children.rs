//! The child processes of this one.

use std::fs;

/// `COMMAND (pid N)` for each child of this process that was not reaped.
pub(crate) fn of_this_process() -> Vec<String> {
    let own = std::process::id().to_string();
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let children = processes.filter_map(|process| {
        let stat = fs::read_to_string(process.path().join("stat")).ok()?;
        // PID (COMMAND) STATE PARENT …, where COMMAND may hold anything.
        let (before, after) = stat.rsplit_once(") ")?;
        let (pid, command) = before.split_once(" (")?;
        let parent = after.split(' ').nth(1)?;
        (parent == own).then(|| format!("{command} (pid {pid})"))
    });
    children.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;
    use tenure_field::Process;

    #[test]
    fn a_child_is_seen_while_it_lives() {
        let child = Process::spawn(Path::new("/bin/sleep"), ["60"], None);
        let shown = format!("sleep (pid {})", child.pid());
        assert!(of_this_process().contains(&shown));
        drop(child);
        assert!(!of_this_process().contains(&shown));
    }
}
