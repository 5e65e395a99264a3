//! Writes the list of the mutants from their patches.

use std::fmt::Write;
use std::path::Path;

#[allow(dead_code)] // the library uses the rest
#[path = "src/patch.rs"]
mod patch;
#[path = "src/tokens.rs"]
mod tokens;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=src");
    println!("cargo:rerun-if-changed=patches");
    let patches = Path::new(env!("CARGO_MANIFEST_DIR")).join("patches");
    let patches = patch::all(&patches).map_err(|errors| errors.join("\n"))?;
    let mut list = "mutants! {\n".to_owned();
    for patch in patches {
        let (about, variant, name) = (&patch.about, patch.variant(), &patch.name);
        writeln!(list, "#[doc = {about:?}] {variant} = {name:?},")?;
    }
    list += "}\n";
    std::fs::write(Path::new(&std::env::var("OUT_DIR")?).join("list.rs"), list)?;
    Ok(())
}
