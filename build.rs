//! Watches the web app's bundle, which is embedded into the binary, and says so when it is missing.
//! A debug build reads the bundle from the folder when it starts, so it need not be built again for
//! another one.

use std::path::Path;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let dist = Path::new("assets/dist");
    if std::env::var("PROFILE").as_deref() == Ok("release") {
        watch(dist);
    }
    let page = ["index.html.gz", "index.html.br"];
    if !page.iter().any(|file| dist.join(file).is_file()) {
        println!(
            "cargo::error=the web app is missing: assets/dist/index.html.gz is not there. \
             Restore the folder from the repository (`git checkout -- assets/dist`), \
             or build it with `npm ci && npm run build` in assets/ui."
        );
    }
}

/// Folders are named one by one: a new file in one that isn't would go unnoticed.
fn watch(folder: &Path) {
    println!("cargo::rerun-if-changed={}", folder.display());
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        if entry.path().is_dir() {
            watch(&entry.path());
        }
    }
}
