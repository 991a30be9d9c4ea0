//! How much of the network and of the person's time the app takes, against budgets.

use std::process::Command;

use serde_json::Value;

use crate::{
    browser,
    devnet::{self, TestNetwork},
    dist,
    error::{Error, Result},
    paths, process, ui,
};

/// Measures, prints, and fails where a budget is passed.
pub(crate) fn run(as_json: bool, scale: Option<u16>) -> Result<()> {
    let chromium = ui::timed("set-up", || {
        devnet::ready()?;
        browser::chromium()
    })?;
    dist::release()?;
    let network = ui::timed("local network", || TestNetwork::start(scale))?;
    ui::heading("measurements");
    let mut command = Command::new("node");
    command
        .current_dir(paths::root())
        .arg("--import")
        .arg("./xtask/stdin-bound.mjs")
        .arg("tests/tools/bench.mjs");
    command.arg("--facts").arg(&network.facts).args(["--proxy", &network.proxy, "--dist", "dist"]);
    let text = process::output("the measurement", command.env("ROTA_CHROMIUM", chromium))?;
    let results: Vec<Value> = serde_json::from_str(&text)
        .map_err(|error| Error::new(format!("the measurement did not print JSON: {error}")))?;
    if as_json {
        println!("{}", text.trim_end());
    } else {
        for result in &results {
            println!("{}", row(result));
        }
    }
    let missed: Vec<&str> = results
        .iter()
        .filter(|result| result["ok"] != true)
        .filter_map(|result| result["name"].as_str())
        .collect();
    if missed.is_empty() { Ok(()) } else { Err(Error::new(format!("over budget: {}", missed.join("; ")))) }
}

fn row(result: &Value) -> String {
    let name = result["name"].as_str().unwrap_or_default();
    let of = |key: &str| match &result["budget"][key] {
        Value::Null => result[key].to_string(),
        budget => format!("{} of {budget}", result[key]),
    };
    // each with its budget, where it has one
    let more: Vec<_> =
        ["logs", "heap", "wasm", "longTasks", "longest", "heapGrowth", "listenerGrowth", "timerGrowth"]
            .into_iter()
            .filter(|key| result[key].is_number())
            .map(|key| format!("{key} {}", of(key)))
            .collect();
    let verdict = if result["ok"] == true { "ok" } else { "OVER BUDGET" };
    format!(
        "{name:<26} requests {:<10} bytes {:<10} ms {:<14} {} {verdict}",
        of("requests"),
        of("bytes"),
        of("millis"),
        more.join("  ")
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_row_tells_what_else_was_measured() {
        let result = json!({ "name": "a", "requests": 9, "bytes": 5, "millis": 7, "heap": 3, "budget": { "heap": 4 }, "ok": true });
        assert!(row(&result).ends_with("heap 3 of 4 ok"), "{}", row(&result));
    }

    #[test]
    fn a_row_tells_figure_and_budget() {
        let result = json!({ "name": "a", "requests": 9, "bytes": 5, "millis": 7, "budget": { "requests": 8 }, "ok": false });
        let words: Vec<_> = row(&result).split_whitespace().map(str::to_owned).collect();
        assert_eq!(words.join(" "), "a requests 9 of 8 bytes 5 ms 7 OVER BUDGET");
    }
}
