//! The order in which the threads of a process run.

use std::path::PathBuf;
use std::process::Command;

use super::Process;
use crate::cabi::say_or_fail;

impl Process {
    /// Keeps all threads of the process on one processor, and runs the one of this name only when
    /// the others wait.
    ///
    /// # Panics
    /// When no thread has this name, or `taskset` or `chrt` is missing.
    #[track_caller]
    pub fn hold_back(&self, thread: &str) {
        let pid = self.pid().to_string();
        say_or_fail(Command::new("taskset").args(["-a", "-c", "-p", "0", &pid]));
        self.schedule(thread, "--idle");
    }

    /// Ends [`hold_back`](Self::hold_back): the thread runs as others do. All stay on one processor.
    ///
    /// # Panics
    /// As `hold_back` does.
    #[track_caller]
    pub fn let_run(&self, thread: &str) {
        self.schedule(thread, "--other");
    }

    #[track_caller]
    fn schedule(&self, thread: &str, policy: &str) {
        let tid = self.thread_of_name(thread);
        say_or_fail(Command::new("chrt").args([policy, "-p", "0", &tid]));
    }

    /// The number of the thread that has this name.
    #[track_caller]
    fn thread_of_name(&self, name: &str) -> String {
        let folder = PathBuf::from(format!("/proc/{}/task", self.pid()));
        let tasks = std::fs::read_dir(&folder).unwrap_or_else(|e| panic!("{folder:?}: {e}"));
        let is_it = |task: &PathBuf| {
            std::fs::read_to_string(task.join("comm")).is_ok_and(|comm| comm.trim_end() == name)
        };
        let found = tasks.flatten().map(|task| task.path()).find(is_it);
        let found = found.unwrap_or_else(|| panic!("no thread has the name {name:?}"));
        let tid = found.file_name().expect("a task has a number");
        tid.to_string_lossy().into_owned()
    }
}
