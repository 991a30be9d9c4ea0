//! Child processes: each in a process group of its own, which ends with us.
//!
//! A program that is told to end takes everything with it that it has started (cargo its compilers, a test runner its
//! browser). Node programs that run beside us also end when their standard input does, should we be killed outright.

use std::{
    collections::BTreeSet,
    io::{self, BufRead as _, BufReader, Read as _, Write as _},
    os::unix::process::CommandExt as _,
    process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio},
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use nix::{
    sys::signal::{SigSet, Signal, killpg},
    unistd::Pid,
};

use crate::error::{Error, Result, While as _};

/// What a group is given to end by itself.
const GRACE: Duration = Duration::from_secs(5);

static INTERRUPTED: AtomicBool = AtomicBool::new(false);
static GROUPS: Mutex<BTreeSet<i32>> = Mutex::new(BTreeSet::new());

fn groups() -> MutexGuard<'static, BTreeSet<i32>> {
    // a set of numbers cannot be half written
    GROUPS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether we were told to end.
pub(crate) fn interrupted() -> bool {
    INTERRUPTED.load(Ordering::SeqCst)
}

/// From now on Ctrl-C, a closed terminal and `kill` end the children first. To be called before any thread begins.
pub(crate) fn end_children_on_signals() {
    let mut signals = SigSet::empty();
    for signal in [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP] {
        signals.add(signal);
    }
    if signals.thread_block().is_err() {
        return;
    }
    thread::spawn(move || {
        if signals.wait().is_err() {
            return;
        }
        INTERRUPTED.store(true, Ordering::SeqCst);
        tell_groups(Signal::SIGTERM);
        // usually the main thread sees its child end, and ends the program before this
        thread::sleep(GRACE);
        tell_groups(Signal::SIGKILL);
        std::process::exit(130);
    });
}

fn tell_groups(signal: Signal) {
    for group in groups().iter() {
        // fails for a group that has just ended
        killpg(Pid::from_raw(*group), signal).ok();
    }
}

/// A running child, and its group. Both end when it is dropped.
#[derive(Debug)]
pub(crate) struct Running {
    name: String,
    child: Child,
    group: i32,
    /// Kept open: its end tells a node program to end.
    _stdin: Option<ChildStdin>,
}

impl Running {
    fn start(name: &str, command: &mut Command) -> Result<Self> {
        // held until the group is registered, so that a signal cannot come in between
        let mut groups = groups();
        if interrupted() {
            return Err(Error::new("told to end"));
        }
        let mut child =
            command.process_group(0).spawn().while_doing(format_args!("{name} could not be started"))?;
        let group = child.id().cast_signed();
        groups.insert(group);
        Ok(Self { name: name.to_owned(), _stdin: child.stdin.take(), child, group })
    }

    /// A program that runs beside us, and its standard output.
    pub(crate) fn beside(name: &str, command: &mut Command) -> Result<(Self, BufReader<ChildStdout>)> {
        let mut running = Self::start(name, command.stdin(Stdio::piped()).stdout(Stdio::piped()))?;
        let stdout =
            running.child.stdout.take().ok_or_else(|| Error::new(format!("{name} has no output")))?;
        Ok((running, BufReader::new(stdout)))
    }

    /// Waits until it has ended.
    pub(crate) fn wait(mut self) -> Result<ExitStatus> {
        let name = self.name.clone();
        self.child.wait().while_doing(name)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let group = Pid::from_raw(self.group);
        // All of these may fail because the process has ended, which is what they are for.
        if !matches!(self.child.try_wait(), Ok(Some(_))) {
            // once only: a program that is tidying up takes the second for impatience
            if !interrupted() {
                killpg(group, Signal::SIGTERM).ok();
            }
            let steps = 100;
            for _ in 0..steps {
                if matches!(self.child.try_wait(), Ok(Some(_))) {
                    break;
                }
                thread::sleep(GRACE / steps);
            }
        }
        // whatever the program has left behind
        killpg(group, Signal::SIGKILL).ok();
        self.child.wait().ok();
        groups().remove(&self.group);
    }
}

fn succeeded(name: &str, status: ExitStatus) -> Result<()> {
    match status.code() {
        Some(0) => Ok(()),
        Some(code) => Err(Error::new(format!("{name} failed (exit status {code})"))),
        None => Err(Error::new(format!("{name} was ended from outside"))),
    }
}

/// Runs a program; all it says goes to standard error.
pub(crate) fn run(name: &str, command: &mut Command) -> Result<()> {
    let running = Running::start(name, command.stdin(Stdio::null()).stdout(io::stderr()))?;
    succeeded(name, running.wait()?)
}

/// Runs a program, passes its standard output on line by line, and returns the lines that `keep` wants.
pub(crate) fn run_keeping(name: &str, command: &mut Command, keep: fn(&str) -> bool) -> Result<Vec<String>> {
    let (running, output) = Running::beside(name, command)?;
    let mut kept = Vec::new();
    for line in output.split(b'\n') {
        let line = line.while_doing(name)?;
        let line = String::from_utf8_lossy(&line);
        // whoever reads us may be gone; the run goes on
        writeln!(io::stdout(), "{line}").ok();
        if keep(&line) {
            kept.push(line.into_owned());
        }
    }
    succeeded(name, running.wait()?)?;
    Ok(kept)
}

/// Runs a program and returns what it writes to standard output.
pub(crate) fn output(name: &str, command: &mut Command) -> Result<String> {
    let (running, mut output) = Running::beside(name, command)?;
    let mut text = String::new();
    output.read_to_string(&mut text).while_doing(name)?;
    succeeded(name, running.wait()?)?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn a_failure_is_one_sentence() {
        let said = |script: &str| run("it", &mut shell(script)).expect_err("fails").to_string();
        assert_eq!(said("exit 3"), "it failed (exit status 3)");
        assert_eq!(said("kill -9 $$"), "it was ended from outside");
        let missing = run("it", &mut Command::new("no-such-program")).expect_err("fails").to_string();
        assert!(missing.starts_with("it could not be started: "), "{missing}");
    }

    #[test]
    fn output_is_what_was_written() {
        assert_eq!(output("it", &mut shell("echo one; echo two >&2")).expect("ran"), "one\n");
    }

    #[test]
    fn a_dropped_process_takes_its_children_with_it() {
        let (running, mut output) =
            Running::beside("it", &mut shell("sleep 60 & echo $!; wait")).expect("ran");
        let mut line = String::new();
        output.read_line(&mut line).expect("a line");
        let grandchild = Pid::from_raw(line.trim().parse().expect("a number"));
        drop(running);
        // It is gone once it may not be signalled; whoever adopted it has to notice first.
        let begun = Instant::now();
        while nix::sys::signal::kill(grandchild, None).is_ok() && !is_zombie(grandchild) {
            assert!(begun.elapsed() < GRACE, "{grandchild} still runs");
            thread::sleep(Duration::from_millis(10));
        }
    }

    fn is_zombie(process: Pid) -> bool {
        std::fs::read_to_string(format!("/proc/{process}/stat")).is_ok_and(|stat| stat.contains(") Z "))
    }
}
