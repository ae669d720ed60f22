//! Where trusted documents come from. In: files and folders. Out: every document in them with its id and its client, or the
//! first file that is no good, and why.
//!
//! A folder holds a folder a client, with `.graphql` files of one operation each and manifests (`.json`). A file that is
//! named itself belongs to the client of its own name.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::{id::sha256, manifest, typename};

/// A document as it was found.
#[derive(Clone, Debug)]
pub struct Found {
    /// Under which id clients ask for it.
    pub id: String,
    /// Its text.
    pub text: String,
    /// Whose it is.
    pub client: String,
    /// In which file.
    pub file: PathBuf,
    /// Whether it is what Apollo Client makes of the file's text, and not that text; it stands right before it.
    pub with_typename: bool,
}

impl Found {
    /// Whether it was found in a manifest, as it is sent, and not in a file of its own.
    pub(crate) fn is_of_manifest(&self) -> bool {
        is_manifest(&self.file)
    }
}

/// A file that is no good.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {problem}", file.display())]
pub struct SourceError {
    /// Which file.
    pub file: PathBuf,
    /// What is wrong with it.
    pub problem: String,
}

impl SourceError {
    /// That file, for that reason.
    pub fn new(file: &Path, problem: impl ToString) -> Self {
        Self { file: file.to_owned(), problem: problem.to_string() }
    }
}

/// All documents of these files and folders, in the order of their names.
pub fn read(sources: &[PathBuf]) -> Result<Vec<Found>, SourceError> {
    let mut found = Vec::new();
    for file in files(sources)? {
        let text = fs::read_to_string(&file.path).map_err(|error| SourceError::new(&file.path, error))?;
        let document =
            |id, text| Found { id, text, client: file.client.clone(), file: file.path.clone(), with_typename: false };
        if is_manifest(&file.path) {
            let pairs = manifest::read(&text).map_err(|problem| SourceError::new(&file.path, problem))?;
            found.extend(pairs.into_iter().map(|(id, text)| document(id, text)));
        } else {
            // What Apollo Client makes of it before it is sent is trusted as well.
            let with_typename = typename::added(&text);
            found.extend(with_typename.map(|text| Found { with_typename: true, ..document(sha256(&text), text) }));
            found.push(document(sha256(&text), text));
        }
    }
    Ok(found)
}

/// Each file and the hash of what is in it, or why it cannot be read.
pub type Fingerprint = Vec<(PathBuf, String)>;

/// What the files look like: changed, if anything of it is another.
pub fn fingerprint(sources: &[PathBuf]) -> Fingerprint {
    let files = files(sources).unwrap_or_default().into_iter();
    files
        .map(|file| {
            (
                file.path.clone(),
                fs::read_to_string(&file.path).map_or_else(|error| error.to_string(), |text| sha256(&text)),
            )
        })
        .collect()
}

struct File {
    path: PathBuf,
    client: String,
}

fn is_manifest(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "json")
}

fn files(sources: &[PathBuf]) -> Result<Vec<File>, SourceError> {
    let mut files = Vec::new();
    for source in sources {
        if source.is_dir() {
            below(source, &mut files).map_err(|error| SourceError::new(source, error))?;
        } else {
            files.push(File { client: named(source.file_stem()), path: source.clone() });
        }
    }
    Ok(files)
}

fn below(folder: &Path, files: &mut Vec<File>) -> io::Result<()> {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
    entries.sort();
    for path in entries {
        let is_hidden = path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
        if is_hidden {
            continue;
        } else if path.is_dir() {
            below(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "graphql" || extension == "json") {
            files.push(File { client: named(folder.file_name()), path });
        }
    }
    Ok(())
}

fn named(name: Option<&std::ffi::OsStr>) -> String {
    name.map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
