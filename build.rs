//! Watches the web app's bundle, which is embedded into the binary, and says so when it is missing.
//! A debug build reads the bundle from the folder when it starts, so it need not be built again for
//! another one. It also packs the description of the API, and hands on the licences of what is linked in.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use flate2::Compression;
use flate2::write::GzEncoder;

/// What `/api/openapi.json` answers, but for the address of the server.
const API: &str = "docs/openapi.json";

fn main() {
    if let Err(error) = pack_api() {
        println!("cargo::error={API} can't be packed into the program: {error}");
    }
    if let Err(error) = pack_licenses() {
        println!("cargo::error=INKSPOT_LICENSES can't be packed into the program: {error}");
    }
    println!("cargo::rerun-if-changed=build.rs");
    let dist = Path::new("assets/dist");
    if env::var("PROFILE").as_deref() == Ok("release") {
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

fn pack_api() -> io::Result<()> {
    println!("cargo::rerun-if-changed={API}");
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    packed.write_all(&fs::read(API)?)?;
    fs::write(out("openapi.json.gz")?, packed.finish()?)
}

/// Hands `inkspot licenses` the packed text that this variable names; `packaging/build.sh` sets it.
fn pack_licenses() -> io::Result<()> {
    println!("cargo::rerun-if-env-changed=INKSPOT_LICENSES");
    let packed = match env::var_os("INKSPOT_LICENSES") {
        Some(file) => {
            println!("cargo::rerun-if-changed={}", file.display());
            fs::read(file)?
        }
        None => Vec::new(),
    };
    fs::write(out("licenses.gz")?, packed)
}

fn out(name: &str) -> io::Result<PathBuf> {
    let folder = env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?;
    Ok(Path::new(&folder).join(name))
}

/// Folders are named one by one: a new file in one that isn't would go unnoticed.
fn watch(folder: &Path) {
    println!("cargo::rerun-if-changed={}", folder.display());
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        if entry.path().is_dir() {
            watch(&entry.path());
        }
    }
}
