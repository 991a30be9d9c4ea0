//! The lines with which test runners end, told apart from everything else they say.

/// Of `cargo test`, one for each test program, and of wasm-bindgen's runner.
pub(crate) fn cargo(line: &str) -> bool {
    line.starts_with("test result: ")
}

/// Of `node --test`, for a terminal and for a pipe.
pub(crate) fn node(line: &str) -> bool {
    let Some(rest) = line.strip_prefix("# ").or_else(|| line.strip_prefix("ℹ ")) else { return false };
    let mut words = rest.split(' ');
    let known = ["tests", "suites", "pass", "fail", "cancelled", "skipped", "todo", "duration_ms"];
    words.next().is_some_and(|word| known.contains(&word))
        && words.next().is_some_and(|count| count.starts_with(|c: char| c.is_ascii_digit()))
}

/// Of Playwright.
pub(crate) fn playwright(line: &str) -> bool {
    let mut words = line.split_whitespace();
    words.next().is_some_and(|count| count.bytes().all(|b| b.is_ascii_digit()))
        && line.starts_with("  ")
        && words.next().is_some_and(|word| {
            ["passed", "failed", "flaky", "skipped", "interrupted", "did"].contains(&word)
        })
}

/// Of cargo-deny: `bans ok, licenses ok, sources ok`.
pub(crate) fn cargo_deny(line: &str) -> bool {
    !line.is_empty() && line.split(", ").all(|part| part.ends_with(" ok") || part.ends_with(" FAILED"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Real output, each with what its runner's test says of it.
    #[test]
    fn only_closing_lines_are_kept() {
        type IsClosing = fn(&str) -> bool;
        type Lines = &'static [&'static str];
        let cases: [(IsClosing, Lines, Lines); 4] = [
            (
                cargo,
                &[
                    "test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s",
                ],
                &["test tests::a ... ok", "running 3 tests", ""],
            ),
            (
                node,
                &["# tests 10", "ℹ pass 10", "# duration_ms 12.3", "ℹ fail 0"],
                &["# Subtest: tests of 10", "    # Subtest: a", "ok 1 - a", "# tests are fun", "not ok"],
            ),
            (
                playwright,
                &["  12 passed (3.4s)", "  1 failed", "  2 did not run"],
                &["  ✓  1 a.spec.mjs:3:1 › passes (120ms)", "Running 12 tests using 1 worker", ""],
            ),
            (
                cargo_deny,
                &["bans ok, licenses ok, sources ok", "advisories FAILED"],
                &["warning[duplicate]: found 2 duplicate entries for crate 'syn'", ""],
            ),
        ];
        for (is_closing, yes, no) in cases {
            for line in yes {
                assert!(is_closing(line), "{line}");
            }
            for line in no {
                assert!(!is_closing(line), "{line}");
            }
        }
    }
}
