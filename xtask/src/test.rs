//! All checks, in the order in which a failure costs least.

use crate::{
    error::{Error, Result},
    gates::Gate,
    ui,
};

/// Runs the named gates, or all, in their order; stops at the first that fails.
pub(crate) fn run(named: &[Gate]) -> Result<()> {
    let chosen: Vec<Gate> =
        Gate::ALL.into_iter().filter(|gate| named.is_empty() || named.contains(gate)).collect();
    ui::timed("tools", || chosen.iter().try_for_each(|gate| gate.prepare()))?;
    let mut closing = Vec::new();
    for gate in &chosen {
        let name = gate.name();
        let lines = ui::timed(name, || gate.run());
        let lines = lines.map_err(|error| Error::new(format!("test {name}: {error}")))?;
        closing.push((name, lines));
    }
    // The runners' own words once more, where they are found: at the end.
    println!("\nAll passed: {}.", chosen.iter().map(|gate| gate.name()).collect::<Vec<_>>().join(", "));
    for (name, lines) in closing.into_iter().filter(|(_, lines)| !lines.is_empty()) {
        println!("\n{name}");
        for line in lines {
            println!("{line}");
        }
    }
    Ok(())
}
