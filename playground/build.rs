//! Builds the page with npm. In: this folder's [`INPUTS`], which are only read. Out: `built.rs` in cargo's output folder,
//! which embeds what came of it. Without npm, or if npm fails, it embeds nothing, and the page says what to install.

use std::{
    env,
    error::Error,
    fmt::Write,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

const INPUTS: [&str; 6] = [".npmrc", "index.html", "package-lock.json", "package.json", "vite.config.js", "web"];

/// Scripts of packages do not run, and a registry that cannot be reached is given up soon.
const INSTALL: [&str; 8] = [
    "ci",
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "--prefer-offline",
    "--fetch-retries=1",
    "--fetch-retry-mintimeout=1000",
    "--fetch-timeout=60000",
];

fn main() -> Result<(), Box<dyn Error>> {
    for input in INPUTS {
        println!("cargo:rerun-if-changed={input}");
    }
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo names no output folder")?);
    let folder = out.join("npm");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    for input in INPUTS {
        copy(Path::new(input), &folder.join(input))?;
    }
    let list = match npm(&folder, &INSTALL).and_then(|()| npm(&folder, &["run", "build"])) {
        Ok(()) => list(&folder.join("dist"))?,
        Err(reason) => {
            println!("cargo:warning=the playground is left out: {reason}");
            "const PAGE: Option<&str> = None;\nstatic FILES: &[(&str, &[u8])] = &[];\n".to_owned()
        }
    };
    // A quarter of a gigabyte that nothing needs any more.
    if let Err(error) = fs::remove_dir_all(folder.join("node_modules"))
        && error.kind() != std::io::ErrorKind::NotFound
    {
        return Err(error.into());
    }
    Ok(fs::write(out.join("built.rs"), list)?)
}

fn copy(from: &Path, to: &Path) -> Result<(), Box<dyn Error>> {
    if !from.is_dir() {
        fs::create_dir_all(to.parent().ok_or("a file without a folder")?)?;
        fs::copy(from, to)?;
        return Ok(());
    }
    for entry in fs::read_dir(from)? {
        let name = entry?.file_name();
        copy(&from.join(&name), &to.join(&name))?;
    }
    Ok(())
}

/// Runs npm in that folder; what went wrong is one line.
fn npm(folder: &Path, arguments: &[&str]) -> Result<(), String> {
    let output = Command::new("npm")
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("npm cannot be run: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let reason = said.lines().find(|line| line.to_ascii_lowercase().contains("error")).unwrap_or("for no reason told");
    Err(format!("npm {} failed: {reason}", arguments[0]))
}

/// The page and the files that it loads, as constants; the files' names carry a hash of their content.
fn list(dist: &Path) -> Result<String, Box<dyn Error>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(dist.join("assets"))? {
        names.push(entry?.file_name().into_string().map_err(|name| format!("{} is not UTF-8", name.display()))?);
    }
    names.sort_unstable();
    let mut list = format!("const PAGE: Option<&str> = Some(include_str!({:?}));\n", dist.join("index.html"));
    list.push_str("static FILES: &[(&str, &[u8])] = &[\n");
    for name in names {
        let file = dist.join("assets").join(&name);
        writeln!(list, "    ({:?}, include_bytes!({file:?})),", format!("assets/{name}"))?;
    }
    list.push_str("];\n");
    Ok(list)
}
