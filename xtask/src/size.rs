//! What the built app weighs, and the budget for what a first visit loads.

use std::{collections::BTreeSet, fs, io::Write as _, path::Path};

use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};

use crate::{
    dist,
    error::{Error, Result, While as _},
    paths, ui,
};

/// Most that a first visit may load, in bytes as a server sends them (brotli). Measured: 200 kB give a performance of 97 in
/// Lighthouse's simulated phone, 436 kB give 90.
const FIRST_LOAD_BUDGET: usize = 300_000;

/// Prints what dist/ weighs, after building it if it is not up to date.
pub(crate) fn run(as_json: bool) -> Result<()> {
    dist::release()?;
    let report = Report::of(&paths::dist())?;
    if as_json {
        println!("{}", report.json());
    } else {
        print!("{}", report.table());
    }
    Ok(())
}

/// The files of the first load, as a JSON list.
pub(crate) fn counted() -> Result<String> {
    Ok(json!(first_load(&paths::dist())?).to_string())
}

/// Prints the table and fails above the budget.
pub(crate) fn check() -> Result<()> {
    let report = Report::of(&paths::dist())?;
    for line in report.table().lines() {
        ui::say(line);
    }
    report.within(FIRST_LOAD_BUDGET)
}

/// Bytes of one file or of several.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Weight {
    raw: usize,
    gzip: usize,
    brotli: usize,
}

impl Weight {
    fn of(bytes: &[u8]) -> Result<Self> {
        Ok(Self { raw: bytes.len(), gzip: gzip(bytes)?, brotli: brotli(bytes)? })
    }

    fn plus(self, other: Self) -> Self {
        Self { raw: self.raw + other.raw, gzip: self.gzip + other.gzip, brotli: self.brotli + other.brotli }
    }

    fn json(self) -> Value {
        json!({ "raw": self.raw, "gzip": self.gzip, "brotli": self.brotli })
    }
}

fn gzip(bytes: &[u8]) -> Result<usize> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).while_doing("gzip")?;
    Ok(encoder.finish().while_doing("gzip")?.len())
}

fn brotli(bytes: &[u8]) -> Result<usize> {
    let best = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
    let mut packed = Vec::new();
    brotli::BrotliCompress(&mut &bytes[..], &mut packed, &best).while_doing("brotli")?;
    Ok(packed.len())
}

/// One file of dist/.
#[derive(Debug)]
struct Entry {
    path: String,
    weight: Weight,
    first_load: bool,
}

/// All files of dist/, those of a first visit first, heavy ones before light ones.
#[derive(Debug)]
struct Report(Vec<Entry>);

impl Report {
    fn of(dist: &Path) -> Result<Self> {
        let first_load = first_load(dist)?;
        let mut entries = Vec::new();
        for path in paths::files_below(dist)? {
            let bytes = fs::read(dist.join(&path)).while_doing(&path)?;
            entries.push(Entry { weight: Weight::of(&bytes)?, first_load: first_load.contains(&path), path });
        }
        entries.sort_by(|a, b| {
            (b.first_load, b.weight.raw, &a.path).cmp(&(a.first_load, a.weight.raw, &b.path))
        });
        Ok(Self(entries))
    }

    fn first_load(&self) -> Weight {
        let counted = self.0.iter().filter(|entry| entry.first_load);
        counted.fold(Weight::default(), |sum, entry| sum.plus(entry.weight))
    }

    fn within(&self, budget: usize) -> Result<()> {
        let brotli = self.first_load().brotli;
        if brotli > budget {
            return Err(Error::new(format!(
                "the first load is {brotli} bytes (brotli), {} more than its budget of {budget}",
                brotli - budget
            )));
        }
        ui::say(format_args!("first load within its budget: {brotli} of {budget} bytes (brotli)"));
        Ok(())
    }

    fn json(&self) -> Value {
        let file = |entry: &Entry| {
            let Weight { raw, gzip, brotli } = entry.weight;
            json!({ "path": entry.path, "raw": raw, "gzip": gzip, "brotli": brotli })
        };
        json!({ "firstLoad": self.first_load().json(), "files": self.0.iter().map(file).collect::<Vec<_>>() })
    }

    fn table(&self) -> String {
        let row =
            |name: &str, Weight { raw, gzip, brotli }| format!("{name:<36}{raw:>10}{gzip:>10}{brotli:>10}\n");
        let heading = format!("{:<36}{:>10}{:>10}{:>10}\n", "", "raw", "gzip", "brotli");
        let rows = |first_load: bool| {
            let entries = self.0.iter().filter(move |entry| entry.first_load == first_load);
            entries.map(|entry| row(&entry.path, entry.weight)).collect::<String>()
        };
        let sum = row("first load", self.first_load());
        format!("{heading}{}{sum}not in the first load\n{}", rows(true), rows(false))
    }
}

/// What a visit to the list of providers loads: `index.html`, every file that it names in a tag, every data file that
/// `boot.js` names, and every module that these import. tests/e2e/security.spec.mjs compares it with what the browser asks
/// for.
///
/// The tags are those of the built page, after trunk has put its names in: style sheets, icon, preloads, and the boot
/// script with the glue and the wasm in its `data-` attributes. In `boot.js` the names are its texts that end in `.json`.
/// What nothing names (`_headers`, `robots.txt`) is not loaded, and what a module fetches later (the second wasm) is not
/// loaded yet.
fn first_load(dist: &Path) -> Result<BTreeSet<String>> {
    let read = |name: &str| fs::read_to_string(dist.join(name)).while_doing(format_args!("dist/{name}"));
    let mut named = named_in_tags(&read("index.html")?);
    named.extend(named_data(&read("boot.js")?));
    if !named.iter().any(|name| has_ending(name, "wasm")) {
        return Err(Error::new("dist/index.html names no wasm: what is in dist/ is not the built app"));
    }
    let mut unread: Vec<String> = named.iter().filter(|name| has_ending(name, "js")).cloned().collect();
    while let Some(script) = unread.pop() {
        // whether it is there is asked below
        let text = read(&script).unwrap_or_default();
        unread.extend(imported(&text).filter(|name| named.insert(name.clone())));
    }
    if let Some(missing) = named.iter().find(|name| !dist.join(name).is_file()) {
        return Err(Error::new(format!(
            "dist/index.html or a script of it names {missing}, which dist/ does not have"
        )));
    }
    named.insert("index.html".to_owned());
    Ok(named)
}

/// Files beside the page that its tags load.
fn named_in_tags(html: &str) -> BTreeSet<String> {
    let loads = |(name, value): (&str, &str)| match name {
        "href" | "src" | "data-js" | "data-wasm" => beside_the_page(value),
        _ => None,
    };
    // a link in the text is a place to go to, not a file to load
    let tags = html.split('<').filter(|tag| !tag.starts_with("a "));
    tags.flat_map(attributes).filter_map(loads).collect()
}

/// Name and value of the attributes of a tag, given from its name on.
fn attributes(tag: &str) -> Vec<(&str, &str)> {
    let mut rest = tag.trim_start_matches(|c: char| c.is_ascii_alphanumeric());
    let mut found = Vec::new();
    loop {
        rest = rest.trim_start();
        let name = &rest[..rest.find(|c: char| c.is_whitespace() || "=>".contains(c)).unwrap_or(rest.len())];
        if name.is_empty() {
            return found;
        }
        rest = &rest[name.len()..];
        let Some(value) = rest.strip_prefix('=') else { continue };
        let (begin, ends): (usize, fn(char) -> bool) = match value.chars().next() {
            Some('"') => (1, |c| c == '"'),
            Some('\'') => (1, |c| c == '\''),
            _ => (0, |c| c.is_whitespace() || c == '>'),
        };
        let end = value[begin..].find(ends).map_or(value.len(), |end| begin + end);
        found.push((name, &value[begin..end]));
        rest = value.get(end + begin..).unwrap_or_default();
    }
}

/// The path of an address that is relative to the page.
fn beside_the_page(address: &str) -> Option<String> {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    let path = path.strip_prefix("./").unwrap_or(path);
    (!path.is_empty() && !path.contains(':')).then(|| path.to_owned())
}

/// Texts in a script that are names of data files.
fn named_data(script: &str) -> impl Iterator<Item = String> {
    let texts = script.split(['\'', '"', '`']);
    texts.filter(|text| has_ending(text, "json") && !text.contains(char::is_whitespace)).map(str::to_owned)
}

/// Modules that a script imports from beside it before it runs; those of `import(…)` come later.
fn imported(script: &str) -> impl Iterator<Item = String> {
    let pieces: Vec<&str> = script.split(['\'', '"']).collect();
    let imports = |pair: &[&str]| {
        let before = pair[0].trim_end();
        (before.ends_with("from") || before.ends_with("import")) && pair[1].starts_with("./")
    };
    let found: Vec<_> = pieces.windows(2).filter(|pair| imports(pair)).map(|pair| pair[1]).collect();
    found.into_iter().filter_map(beside_the_page)
}

fn has_ending(name: &str, ending: &str) -> bool {
    Path::new(name).extension().is_some_and(|own| own == ending)
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    const INDEX: &str = r##"<!doctype html><head>
      <link rel="icon" href="./icon-1.svg"><link rel=stylesheet href=./main-1.css />
      <link rel="preload" as="fetch" href="networks.json" crossorigin>
      <link rel="canonical" href="https://example.org/">
      <script data-sri="sha384-x" type="module" src="./boot.js" data-js='./app-1.js' data-wasm="./app-1_bg.wasm"></script>
      </head><body><use href="#i-x"/><a class="btn" href="imprint.html">x</a><a class="btn" href="">x</a></body>"##;
    const BOOT: &str = "const names = ['networks.json', 'providers.json']; say('no .json');";
    const GLUE: &str =
        "import{a}from\"./part-1.js\";import './part-2.js';import('./later.js');fetch(\"./second-1.wasm\")";
    const LOADED: [&str; 9] = [
        "app-1.js",
        "app-1_bg.wasm",
        "boot.js",
        "icon-1.svg",
        "main-1.css",
        "networks.json",
        "part-1.js",
        "part-2.js",
        "providers.json",
    ];
    const NOT_LOADED: [&str; 4] = ["_headers", "later.js", "robots.txt", "second-1.wasm"];

    /// A folder like dist/ of this test's own, with a wasm of `length` bytes that cannot be compressed.
    fn made_up(name: &str, length: usize) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("rota-xtask-{}-{name}", std::process::id()));
        fs::create_dir_all(&folder).expect("made");
        for file in LOADED.into_iter().chain(NOT_LOADED) {
            fs::write(folder.join(file), file).expect("written");
        }
        let mut noise = 1_u64;
        let bytes = std::iter::repeat_with(|| {
            noise = noise.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            noise.to_be_bytes()[0]
        });
        fs::write(folder.join("app-1_bg.wasm"), bytes.take(length).collect::<Vec<_>>()).expect("written");
        fs::write(folder.join("index.html"), INDEX).expect("written");
        fs::write(folder.join("boot.js"), BOOT).expect("written");
        fs::write(folder.join("app-1.js"), GLUE).expect("written");
        folder
    }

    #[test]
    fn the_first_load_is_what_the_page_names() {
        let dist = made_up("named", 100);
        let found = first_load(&dist).expect("complete");
        assert_eq!(
            found.iter().map(String::as_str).filter(|name| *name != "index.html").collect::<Vec<_>>(),
            LOADED
        );
        assert!(found.contains("index.html"));
        fs::remove_dir_all(dist).expect("removed");
    }

    /// The broken fixture of this check: a page like the app's, with a wasm of the whole budget.
    #[test]
    fn a_first_load_above_the_budget_fails() {
        let dist = made_up("above", FIRST_LOAD_BUDGET);
        let error =
            Report::of(&dist).expect("measured").within(FIRST_LOAD_BUDGET).expect_err("above").to_string();
        assert!(
            error.starts_with("the first load is 30") && error.ends_with("more than its budget of 300000"),
            "{error}"
        );
        let dist = made_up("above", FIRST_LOAD_BUDGET - 10_000);
        Report::of(&dist).expect("measured").within(FIRST_LOAD_BUDGET).expect("within the budget");
        fs::remove_dir_all(dist).expect("removed");
    }

    #[test]
    fn a_page_that_names_a_missing_file_fails() {
        for missing in ["main-1.css", "providers.json", "app-1_bg.wasm", "app-1.js", "part-1.js"] {
            let dist = made_up("missing", 100);
            fs::remove_file(dist.join(missing)).expect("removed");
            let error = Report::of(&dist).expect_err("incomplete").to_string();
            assert!(error.contains(missing), "{error}");
            fs::remove_dir_all(dist).expect("removed");
        }
    }

    #[test]
    fn a_page_without_the_app_fails() {
        let dist = made_up("empty", 100);
        fs::write(dist.join("index.html"), "<!doctype html><script src=boot.js></script>").expect("written");
        assert!(Report::of(&dist).expect_err("no wasm").to_string().contains("names no wasm"));
        fs::remove_dir_all(dist).expect("removed");
    }

    #[test]
    fn all_files_are_listed_and_only_the_first_load_is_summed() {
        let dist = made_up("listed", 1_000);
        let json = Report::of(&dist).expect("measured").json();
        let files = json["files"].as_array().expect("a list");
        assert_eq!(files.len(), LOADED.len() + NOT_LOADED.len() + 1);
        let sum = |key: &str, skip: &[&str]| {
            let counted = files.iter().filter(|file| !skip.contains(&file["path"].as_str().expect("path")));
            counted.map(|file| file[key].as_u64().expect("a number")).sum::<u64>()
        };
        for key in ["raw", "gzip", "brotli"] {
            assert_eq!(json["firstLoad"][key], sum(key, &NOT_LOADED), "{key}");
        }
        fs::remove_dir_all(dist).expect("removed");
    }
}
