//! Packs the built page (`web/dist`) into a table that `src/server/page.rs` includes.

use std::collections::hash_map::DefaultHasher;
use std::fmt::Write as _;
use std::hash::Hasher as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use flate2::Compression;
use flate2::write::GzEncoder;

const BUILT_PAGE: &str = "web/dist";

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    // A watched folder that does not exist would rebuild the crate each time; an empty one is the page not built.
    if fs::create_dir_all(BUILT_PAGE).is_ok() {
        println!("cargo::rerun-if-changed={BUILT_PAGE}");
    }
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?);
    let mut files = Vec::new();
    list(Path::new(BUILT_PAGE), &mut files)?;
    files.sort();

    let mut table = String::from("&[\n");
    for (number, file) in files.iter().enumerate() {
        let content = fs::read(file)?;
        let mut hasher = DefaultHasher::new();
        hasher.write(&content);
        let mut packed = GzEncoder::new(Vec::new(), Compression::best());
        packed.write_all(&content)?;
        let target = format!("{number}.gz");
        fs::write(out.join(&target), packed.finish()?)?;
        let path =
            file.strip_prefix(BUILT_PAGE).map_err(io::Error::other)?.to_string_lossy().replace('\\', "/");
        let tag = format!("W/\"{:016x}\"", hasher.finish());
        let packed = format!("include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{target}\"))");
        writeln!(table, "File {{ path: {path:?}, tag: {tag:?}, packed: {packed} }},")
            .map_err(io::Error::other)?;
    }
    table.push(']');
    fs::write(out.join("page.rs"), table)
}

/// Adds every file below the folder.
fn list(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(()) };
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() { list(&path, files)? } else { files.push(path) }
    }
    Ok(())
}
