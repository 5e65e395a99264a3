//! A control group for the command, where the system lets the tool make one (as root, or in a
//! subtree that a service manager delegates). The kernel ends all processes in it at once, whatever
//! their user is (`cgroup.kill`, Linux 5.14; "Control Group v2" in the kernel's documentation).
//!
//! It is an addition: a process with privileges can leave it, so the guardian looks for descendants
//! all the same.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

/// A control group. Removing it is left to [`remove`](Self::remove): a guardian that is replaced must
/// not take it along.
#[derive(Debug, Clone)]
pub(super) struct Cgroup(PathBuf);

impl Cgroup {
    /// A new one below that of this process, if the system allows it.
    pub(super) fn create(number: u64) -> Option<Self> {
        let mounts = std::fs::read_to_string("/proc/self/mountinfo").ok()?;
        let own = std::fs::read_to_string("/proc/self/cgroup").ok()?;
        let name = format!("tenure-{}-{number}", std::process::id());
        let cgroup = Self(directory(&mounts, &own)?.join(name));
        std::fs::create_dir(&cgroup.0).ok()?;
        let can_use = |file| {
            File::options()
                .write(true)
                .open(cgroup.0.join(file))
                .is_ok()
        };
        if can_use("cgroup.kill") && can_use("cgroup.procs") {
            return Some(cgroup);
        }
        cgroup.remove();
        None
    }

    /// The one with this directory.
    pub(super) fn at(directory: impl Into<PathBuf>) -> Self {
        Self(directory.into())
    }

    pub(super) fn directory(&self) -> &Path {
        &self.0
    }

    /// The file to which a process writes "0" to enter.
    pub(super) fn entrance(&self) -> Option<File> {
        let entrance = self.0.join("cgroup.procs");
        File::options().write(true).open(entrance).ok()
    }

    /// Kills everything in it.
    pub(super) fn kill(&self) {
        // An error leaves the processes to the search for descendants.
        let kill = File::options().write(true).open(self.0.join("cgroup.kill"));
        drop(kill.and_then(|mut kill| kill.write_all(b"1")));
    }

    /// Whether a living process is in it, or in one below it.
    pub(super) fn is_populated(&self) -> bool {
        let events = std::fs::read_to_string(self.0.join("cgroup.events"));
        events.is_ok_and(|events| events.lines().any(|line| line == "populated 1"))
    }

    /// Removes it and those below it; one that is not empty stays.
    pub(super) fn remove(&self) {
        remove(&self.0);
    }
}

fn remove(directory: &Path) {
    for entry in std::fs::read_dir(directory).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            remove(&entry.path());
        }
    }
    drop(std::fs::remove_dir(directory));
}

/// The directory of this process's control group, from `/proc/self/mountinfo` and
/// `/proc/self/cgroup`.
fn directory(mounts: &str, own: &str) -> Option<PathBuf> {
    let own = own.lines().find_map(|line| line.strip_prefix("0::"))?;
    mounts.lines().find_map(|line| {
        // … ROOT POINT OPTIONS [TAGS] - TYPE SOURCE OPTIONS
        let (mount, kind) = line.split_once(" - ")?;
        if kind.split(' ').next() != Some("cgroup2") {
            return None;
        }
        let mut fields = mount.split(' ').skip(3);
        let (root, point) = (fields.next()?, fields.next()?);
        // A mount point with a space is written in octal; no system has one.
        let below = match root {
            "/" => own.strip_prefix('/'),
            root => own.strip_prefix(root)?.strip_prefix('/').or(Some("")),
        }?;
        (!point.contains('\\') && !below.contains("..")).then(|| Path::new(point).join(below))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_directory_is_found_on_a_host_in_a_container_and_beside_the_old_hierarchies() {
        let of = |mounts: &str, own: &str| directory(mounts, own);
        let host = "30 24 0:26 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw\n";
        let found = of(host, "0::/user.slice/a.service\n");
        assert_eq!(found, Some("/sys/fs/cgroup/user.slice/a.service".into()));
        assert_eq!(of(host, "0::/\n"), Some("/sys/fs/cgroup/".into()));
        let hybrid = "31 24 0:27 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n\
                      32 24 0:28 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n";
        let found = of(hybrid, "3:cpu:/x\n0::/y\n");
        assert_eq!(found, Some("/sys/fs/cgroup/unified/y".into()));
        let container = "40 30 0:26 /docker/7 /sys/fs/cgroup ro - cgroup2 cgroup rw\n";
        assert_eq!(
            of(container, "0::/docker/7\n"),
            Some("/sys/fs/cgroup/".into())
        );
        assert_eq!(of(container, "0::/docker/8\n"), None);
        assert_eq!(of(host, "0::/../other\n"), None);
        assert_eq!(of(host, "3:cpu:/x\n"), None);
        assert_eq!(of("", "0::/\n"), None);
    }
}
