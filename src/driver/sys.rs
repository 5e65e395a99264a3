//! Questions for the operating system: the time, and whether this process is a fork of the process that
//! started the library. The only file of the library proper with `unsafe` in it.

use crate::core::Time;
use std::ffi::{CStr, OsStr};
use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::sync::Once;
use std::sync::atomic::{AtomicPtr, AtomicU32, Ordering};

/// `CLOCK_BOOTTIME`, now. Rust's `Instant` is `CLOCK_MONOTONIC` on Linux, which stands still
/// while the machine sleeps: a lease must not.
pub(crate) fn now() -> Time {
    Time::from_nanos(read(libc::CLOCK_BOOTTIME))
}

/// `CLOCK_MONOTONIC_RAW`, in nanoseconds: the oscillator, which no daemon slows down, and which
/// stands still while the machine sleeps.
pub(crate) fn raw() -> u64 {
    read(libc::CLOCK_MONOTONIC_RAW)
}

/// By how much the oscillator is ahead of the clock of [`now`]. Neither of the two that are compared
/// counts sleep, so that makes no difference.
pub(super) fn ahead() -> i64 {
    raw().cast_signed() - read(libc::CLOCK_MONOTONIC).cast_signed()
}

#[allow(unsafe_code)] // There is no safe call for these clocks in the standard library.
fn read(clock: libc::clockid_t) -> u64 {
    let mut spec = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: `spec` is a valid timespec that outlives the call.
    let failed = unsafe { libc::clock_gettime(clock, &raw mut spec) };
    debug_assert_eq!(failed, 0, "Linux has had these clocks since 2.6.39");
    let seconds = u64::try_from(spec.tv_sec).unwrap_or(0);
    let nanos = u64::try_from(spec.tv_nsec).unwrap_or(0);
    seconds.saturating_mul(1_000_000_000).saturating_add(nanos)
}

/// A timer on the clock of [`now`]: it rings in time also after the machine has slept.
pub(super) struct Alarm {
    timer: OwnedFd,
    /// The time to which it is set.
    at: Option<Time>,
}

impl Alarm {
    #[allow(unsafe_code)] // There is no safe call for timers either.
    pub(super) fn new() -> io::Result<Self> {
        let flags = libc::TFD_NONBLOCK | libc::TFD_CLOEXEC;
        // SAFETY: the call takes no pointers.
        let timer = unsafe { libc::timerfd_create(libc::CLOCK_BOOTTIME, flags) };
        if timer < 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: it was opened just now, and no other code has it.
        let timer = unsafe { OwnedFd::from_raw_fd(timer) };
        Ok(Self { timer, at: None })
    }

    pub(super) fn fd(&self) -> RawFd {
        self.timer.as_raw_fd()
    }

    /// Sets it to ring at `at`: at once if that has passed, or not at all. If it is set to that time
    /// already, it stays as it is, rung or not: its owner sets it again before the next wait.
    // On musl the name `time_t` will be another type: that of the field, as here.
    #[allow(unsafe_code, deprecated)]
    pub(super) fn set(&mut self, at: Option<Time>) {
        if at == self.at {
            return;
        }
        let nanos = at.map_or(0, |at| at.as_nanos().max(1));
        let none = libc::timespec {
            tv_sec: 0,
            tv_nsec: 0,
        };
        let when = libc::itimerspec {
            it_interval: none,
            it_value: libc::timespec {
                tv_sec: libc::time_t::try_from(nanos / 1_000_000_000).unwrap_or(libc::time_t::MAX),
                tv_nsec: libc::c_long::try_from(nanos % 1_000_000_000).unwrap_or(0),
            },
        };
        // SAFETY: `when` outlives the call, and nothing is asked for in return.
        let failed = unsafe {
            libc::timerfd_settime(
                self.fd(),
                libc::TFD_TIMER_ABSTIME,
                &raw const when,
                std::ptr::null_mut(),
            )
        };
        debug_assert_eq!(failed, 0, "the time is a valid one");
        self.at = at;
    }
}

/// How many forks are known to lie between the process that loaded the library and this one.
static FORKS: AtomicU32 = AtomicU32::new(0);

/// Where the mark of this process stands: in a page that the kernel empties in every child, whatever
/// made it. Null until forks are counted.
static PAGE: AtomicPtr<AtomicU32> = AtomicPtr::new(std::ptr::null_mut());

/// The mark of no process.
const UNMARKED: u32 = 0;

fn mark_of(forks: u32) -> u32 {
    forks.wrapping_add(1).max(1)
}

#[allow(unsafe_code)] // A page that the kernel empties is no place that Rust knows of.
fn page() -> Option<&'static AtomicU32> {
    let page = PAGE.load(Ordering::Acquire);
    // SAFETY: it is null, or points to an aligned word of a page that is mapped, readable and
    // writable for the life of the process, and that is used by this type alone.
    unsafe { page.as_ref() }
}

/// The mark of this process. An object with another mark belongs to another process: its threads are
/// not here, and its locks may be held for ever. Loads of two words: `is_leading()` asks it too. In a
/// child that was made without the fork handlers (a bare `clone`) it is the mark of no process until the
/// library makes something there.
pub(super) fn mark() -> u32 {
    match page() {
        Some(word) => word.load(Ordering::Relaxed),
        None => mark_of(FORKS.load(Ordering::Relaxed)),
    }
}

/// How many forks lie between the process that loaded the library and this one, the fork included that
/// ran no handler.
pub(super) fn forks() -> u32 {
    if mark() == UNMARKED {
        forked();
    }
    FORKS.load(Ordering::Relaxed)
}

extern "C" fn forked() {
    let forks = FORKS.fetch_add(1, Ordering::Relaxed).wrapping_add(1);
    if let Some(word) = page() {
        word.store(mark_of(forks), Ordering::Relaxed);
    }
}

/// Has forks counted from now on. To be called before anything is made that a fork would break.
#[allow(unsafe_code)] // There are no safe calls for this either.
pub(super) fn count_forks() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // SAFETY: a new mapping touches no memory that is in use.
        let page = unsafe {
            libc::mmap(
                std::ptr::null_mut(),
                size_of::<AtomicU32>(),
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_PRIVATE | libc::MAP_ANONYMOUS,
                -1,
                0,
            )
        };
        if page != libc::MAP_FAILED {
            // SAFETY: the advice is for that mapping alone. Linux has had it since 4.14; without it
            // only those forks count that run the handlers.
            unsafe { libc::madvise(page, size_of::<AtomicU32>(), libc::MADV_WIPEONFORK) };
            let word = page.cast::<AtomicU32>();
            // SAFETY: it is aligned, zero, and no other code knows of it yet.
            unsafe { &*word }.store(mark_of(FORKS.load(Ordering::Relaxed)), Ordering::Relaxed);
            PAGE.store(word, Ordering::Release);
        }
        // SAFETY: `forked` does nothing that is not allowed after a fork, and never goes away: a
        // library with threads cannot be unloaded (it is linked with `-z nodelete`).
        let failed = unsafe { libc::pthread_atfork(None, None, Some(forked)) };
        // It fails for want of memory only; forks then go unnoticed, as in most libraries.
        debug_assert_eq!(failed, 0);
    });
}

/// Leaves all signals to the threads of the host: a handler of the host's never runs on this one.
#[allow(unsafe_code)] // There is no safe call for this either.
pub(crate) fn block_signals() {
    let mut all = std::mem::MaybeUninit::uninit();
    // SAFETY: the set is filled by the first call before the second reads it, and outlives both.
    unsafe {
        libc::sigfillset(all.as_mut_ptr());
        libc::pthread_sigmask(libc::SIG_BLOCK, all.as_ptr(), std::ptr::null_mut());
    }
}

/// The file that this code was loaded from: the shared library, or the program.
#[allow(unsafe_code)] // There is no safe call for this either.
pub(super) fn own_object() -> Option<PathBuf> {
    let mut found = std::mem::MaybeUninit::<libc::Dl_info>::zeroed();
    let here: fn() -> Option<PathBuf> = own_object;
    // SAFETY: the address is only compared, and all zeroes is a valid `Dl_info`, which the call fills in; the
    // name in it lives as long as the object, which is never unloaded.
    let name = unsafe {
        if libc::dladdr(here as *const libc::c_void, found.as_mut_ptr()) == 0 {
            return None;
        }
        let found = found.assume_init();
        if found.dli_fname.is_null() {
            return None;
        }
        CStr::from_ptr(found.dli_fname)
    };
    let path = PathBuf::from(OsStr::from_bytes(name.to_bytes()));
    std::fs::canonicalize(path).ok()
}

/// Closes every descriptor from `first` on. Only for a process that has just begun: no other code may have
/// one of them.
#[allow(unsafe_code)] // There is no safe call for this either.
pub(crate) fn close_from(first: u32) {
    // SAFETY: the call takes numbers; the caller promises that nothing owns these descriptors.
    let failed = unsafe { libc::syscall(libc::SYS_close_range, first, u32::MAX, 0) } != 0;
    if !failed {
        return;
    }
    // Linux before 5.9. The descriptor of the folder itself is in the list, too, and closed by then.
    let Ok(open) = std::fs::read_dir("/proc/self/fd") else {
        return;
    };
    let names: Vec<_> = open.flatten().map(|entry| entry.file_name()).collect();
    for fd in names
        .iter()
        .filter_map(|name| name.to_str()?.parse::<i32>().ok())
    {
        if u32::try_from(fd).is_ok_and(|fd| fd >= first) {
            // SAFETY: as above.
            unsafe { libc::close(fd) };
        }
    }
}

/// Goes on in a child, while the process itself ends well. Only for a process with one thread.
///
/// # Errors
/// If the system refuses.
#[allow(unsafe_code)] // There is no safe call for this either.
pub(crate) fn go_on_in_a_child() -> io::Result<()> {
    // SAFETY: the caller promises that there is one thread, so that the child may do everything.
    match unsafe { libc::fork() } {
        -1 => Err(io::Error::last_os_error()),
        0 => Ok(()),
        // SAFETY: it only ends the process: its child has what there is to finish.
        _ => unsafe { libc::_exit(0) },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, Instant};

    fn ticks(alarm: &Alarm) -> (String, u64) {
        let about = std::fs::read_to_string(format!("/proc/self/fdinfo/{}", alarm.fd())).unwrap();
        let field = |name: &str| {
            let mut lines = about.lines();
            let value = lines.find_map(|line| line.strip_prefix(name)).unwrap();
            value.trim().to_owned()
        };
        (field("clockid:"), field("ticks:").parse().unwrap())
    }

    #[test]
    fn the_alarm_rings_on_the_clock_that_leases_are_measured_by() {
        let mut alarm = Alarm::new().unwrap();
        alarm.set(Some(now() + Duration::from_secs(3600)));
        assert_eq!(ticks(&alarm), (libc::CLOCK_BOOTTIME.to_string(), 0));
        let at = now() + Duration::from_millis(5);
        alarm.set(Some(at));
        let began = Instant::now();
        while ticks(&alarm).1 == 0 {
            assert!(began.elapsed() < Duration::from_secs(20));
            std::thread::sleep(Duration::from_millis(1));
        }
        assert!(now() >= at);
        // A time that has passed rings at once.
        alarm.set(Some(Time::from_nanos(0)));
        assert_eq!(ticks(&alarm).1, 1);
        alarm.set(None);
        assert_eq!(ticks(&alarm).1, 0);
    }
}
