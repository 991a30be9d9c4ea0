//! Anvil and cast. npm installs them with tests/ on x86-64 Linux; elsewhere they are fetched by themselves, because a lock
//! file cannot name packages of platforms that not every registry has.

use std::{env, path::PathBuf, process::Command};

use crate::{
    cache::Tool,
    error::{Error, Result},
    pins,
    tools::npm_install,
};

const TOOL: Tool = Tool {
    name: "foundry",
    version: pins::FOUNDRY,
    proof: "node_modules/@foundry-rs",
    effort: "fetching anvil and cast from npm",
};

const PROGRAMS: [(&str, &str); 2] = [("anvil", "ROTA_ANVIL"), ("cast", "ROTA_CAST")];

/// Lets node programs know where Foundry's programs are, where they do not find them by themselves.
pub(crate) fn tell(command: &mut Command) -> Result<()> {
    let given = |(_, variable): (&str, &str)| env::var_os(variable).is_some();
    if PROGRAMS.into_iter().all(given) {
        return Ok(());
    }
    let Some(platform) = platform(env::consts::OS, env::consts::ARCH)? else { return Ok(()) };
    let packages = PROGRAMS.map(|(program, _)| format!("@foundry-rs/{program}-{platform}@{}", pins::FOUNDRY));
    let folder = TOOL.installed(|site| npm_install(&site.root, &packages))?;
    for (program, variable) in PROGRAMS.into_iter().filter(|program| !given(*program)) {
        let file: PathBuf =
            ["node_modules/@foundry-rs", &format!("{program}-{platform}"), "bin", program].iter().collect();
        command.env(variable, folder.join(file));
    }
    Ok(())
}

/// How npm's packages call this platform; nothing for the one that tests/package.json has.
fn platform(system: &str, processor: &str) -> Result<Option<String>> {
    let processor = match processor {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    };
    match (system, processor) {
        ("linux", "amd64") => Ok(None),
        ("linux", "arm64") => Ok(Some("linux-arm64".to_owned())),
        ("macos", "amd64" | "arm64") => Ok(Some(format!("darwin-{processor}"))),
        _ => Err(Error::new(format!(
            "npm has no anvil for {system} on {processor}: set ROTA_ANVIL and ROTA_CAST to the paths of your own"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_supported_machine_has_its_package() {
        let named = |system, processor| platform(system, processor).expect("supported");
        assert_eq!(named("linux", "x86_64"), None);
        assert_eq!(named("linux", "aarch64").as_deref(), Some("linux-arm64"));
        assert_eq!(named("macos", "aarch64").as_deref(), Some("darwin-arm64"));
        assert_eq!(named("macos", "x86_64").as_deref(), Some("darwin-amd64"));
        assert!(platform("freebsd", "x86_64").is_err());
    }
}
