//! The repository's files: their paths from its root, and their texts.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// Folders that hold built or fetched files.
const NOT_OURS: [&str; 6] = ["target", "node_modules", "data", ".git", "dist", "artifacts"];

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

pub fn text(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Every file and folder, by its path from the root; a folder's path ends with a slash.
pub fn all() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    walk(root().to_path_buf(), &mut found);
    found
}

fn walk(folder: PathBuf, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if NOT_OURS.contains(&name) {
            continue;
        }
        let from_root = path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            found.insert(format!("{from_root}/"));
            walk(path, found);
        } else {
            found.insert(from_root);
        }
    }
}
