//! Versions of the tools, each the only one that is used. They stand in other files too; a test compares them.

/// Also in Cargo.toml (`=0.2.130`), Cargo.lock and Trunk.toml: the tool reads only what its own version wrote.
pub(crate) const WASM_BINDGEN: &str = "0.2.130";
/// The last that rustc 1.95 compiles.
pub(crate) const TRUNK: &str = "0.21.14";
/// wasm-opt. Debian's 108 breaks the module: it does not know wasm-bindgen's tables of references.
pub(crate) const BINARYEN: &str = "132.0.0";
/// Cuts the wasm in two; of the series of `wasm_split_helpers` in Cargo.lock, whose marks it reads.
pub(crate) const WASM_SPLIT: &str = "0.2.4";
/// Licences and advisories.
pub(crate) const CARGO_DENY: &str = "0.20.2";
/// Anvil and cast, for machines whose package is not in tests/package.json.
pub(crate) const FOUNDRY: &str = "1.7.1";
/// The oldest Node.js that runs the programs in tests/.
pub(crate) const NODE: u32 = 20;

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::paths::root;

    fn file(name: &str) -> String {
        fs::read_to_string(root().join(name)).expect(name)
    }

    /// The value of the first `key = "value"` after `from`.
    fn value(text: &str, from: &str, key: &str) -> String {
        let begin = text.find(from).unwrap_or_else(|| panic!("{from}"));
        let mut lines = text[begin..].lines().filter_map(|line| line.split_once('='));
        let (_, value) =
            lines.find(|(name, _)| name.trim() == key).unwrap_or_else(|| panic!("{key} after {from}"));
        value.trim().trim_matches('"').to_owned()
    }

    #[test]
    fn trunk_has_the_same_pins() {
        let trunk = file("Trunk.toml");
        assert_eq!(value(&trunk, "trunk-version", "trunk-version"), format!("^{TRUNK}"));
        assert_eq!(value(&trunk, "[tools]", "wasm_bindgen"), WASM_BINDGEN);
        // binaryen counts releases; npm adds the zeros
        let release = BINARYEN.split('.').next().expect("a number");
        assert_eq!(value(&trunk, "[tools]", "wasm_opt"), format!("version_{release}"));
    }

    #[test]
    fn wasm_bindgen_is_the_one_of_the_crate() {
        let locked = value(&file("Cargo.lock"), "name = \"wasm-bindgen\"\n", "version");
        assert_eq!(locked, WASM_BINDGEN);
        assert!(file("Cargo.toml").contains(&format!("wasm-bindgen = \"={WASM_BINDGEN}\"")));
    }

    #[test]
    fn wasm_split_is_of_the_series_of_the_crate() {
        let locked = value(&file("Cargo.lock"), "name = \"wasm_split_helpers\"\n", "version");
        let series = |version: &str| version.rsplit_once('.').map(|(series, _)| series.to_owned());
        assert_eq!(series(&locked), series(WASM_SPLIT), "{locked}");
    }

    #[test]
    fn the_toolchain_is_the_one_the_manifest_promises() {
        let channel = value(&file("rust-toolchain.toml"), "[toolchain]", "channel");
        // Cargo.toml says 1.95, rustup finds only 1.95.0
        assert_eq!(
            channel,
            format!("{}.0", value(&file("Cargo.toml"), "[workspace.package]", "rust-version"))
        );
        assert!(file("rust-toolchain.toml").contains(crate::tools::WASM_TARGET));
    }

    #[test]
    fn npm_has_the_same_pins() {
        let package: serde_json::Value = serde_json::from_str(&file("tests/package.json")).expect("JSON");
        for (name, version) in package["optionalDependencies"].as_object().expect("some") {
            assert!(name.starts_with("@foundry-rs/"), "{name}");
            assert_eq!(version, FOUNDRY);
        }
        assert_eq!(package["engines"]["node"], format!(">={NODE}"));
    }

    /// A lock file that names where packages came from would be tied to one registry.
    #[test]
    fn the_lock_files_name_no_registry() {
        assert!(!file("tests/package-lock.json").contains("\"resolved\""));
    }

    /// Clippy reads one file; what runs in the page gets everything that native code gets.
    #[test]
    fn the_bans_for_wasm_hold_all_native_ones() {
        let wasm = file(".ci/wasm/clippy.toml");
        let native = file("clippy.toml");
        for line in native.lines().filter(|line| !line.starts_with('#')) {
            assert!(wasm.contains(line), "{line}");
        }
    }
}
