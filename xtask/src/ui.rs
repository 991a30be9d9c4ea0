//! What is being done, on standard error.

use std::{
    collections::BTreeSet,
    fmt,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use crate::error::Result;

/// A new part of the work.
pub(crate) fn heading(text: impl fmt::Display) {
    eprintln!("\n── {text}");
}

/// A step, or that it was skipped.
pub(crate) fn say(text: impl fmt::Display) {
    eprintln!("   {text}");
}

/// That something is there already; once in a run, however often it is asked for.
pub(crate) fn present(what: impl fmt::Display) {
    static SAID: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    let what = what.to_string();
    // a set of texts cannot be half written
    if SAID.lock().unwrap_or_else(PoisonError::into_inner).insert(what.clone()) {
        say(format_args!("{what}: present"));
    }
}

/// The last words of a run that failed.
pub(crate) fn fail(sentence: &str) {
    eprintln!("\nerror: {sentence}");
}

/// Does a part of the work under a heading and says how long it took.
pub(crate) fn timed<T>(name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    heading(name);
    let begun = Instant::now();
    let done = work()?;
    say(format_args!("{name}: done in {}", seconds(begun.elapsed())));
    Ok(done)
}

fn seconds(time: Duration) -> String {
    match time.as_secs() {
        whole @ 100.. => format!("{} min {} s", whole / 60, whole % 60),
        _ => format!("{:.1} s", time.as_secs_f64()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_times_are_told_in_minutes() {
        assert_eq!(seconds(Duration::from_millis(1_240)), "1.2 s");
        assert_eq!(seconds(Duration::from_secs(99)), "99.0 s");
        assert_eq!(seconds(Duration::from_secs(125)), "2 min 5 s");
    }
}
