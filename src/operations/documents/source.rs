//! Reads trusted documents from files and folders. In: paths. Out: every document in them with its id and its client, or
//! the first file that is not valid, and why.
//!
//! A folder holds a folder a client, with `.graphql` files of one operation each and manifests (`.json`). A file that is
//! named itself belongs to the client of its own name.

use std::{
    collections::HashSet,
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{id::sha256, manifest, typename};

/// A document in a file.
#[derive(Clone, Debug)]
pub struct Found {
    /// The id under which clients request it.
    pub id: String,
    /// Its text.
    pub text: Arc<str>,
    /// The client that sends it.
    pub client: String,
    /// The file.
    pub file: PathBuf,
    /// Whether it is the form that Apollo Client sends, with `__typename` added; the file's own text follows it.
    pub with_typename: bool,
}

impl Found {
    /// Whether it is from a manifest, in the form that clients send, and not from a file of its own.
    pub(crate) fn is_of_manifest(&self) -> bool {
        is_manifest(&self.file)
    }
}

/// A file that is not valid.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {problem}", file.display())]
pub struct SourceError {
    /// The file.
    pub file: PathBuf,
    /// The problem.
    pub problem: String,
}

impl SourceError {
    /// A problem of a file.
    pub fn new(file: &Path, problem: impl ToString) -> Self {
        Self { file: file.to_owned(), problem: problem.to_string() }
    }
}

/// All documents of these files and folders, in the order of their names.
pub fn read(sources: &[PathBuf]) -> Result<Vec<Found>, SourceError> {
    let mut found = Vec::new();
    for file in files(sources)? {
        let text = text_of(&file.path).map_err(|error| SourceError::new(&file.path, error))?;
        let document = |id, text: String| Found {
            id,
            text: text.into(),
            client: file.client.clone(),
            file: file.path.clone(),
            with_typename: false,
        };
        if is_manifest(&file.path) {
            let pairs = manifest::read(&text).map_err(|problem| SourceError::new(&file.path, problem))?;
            found.extend(pairs.into_iter().map(|(id, text)| document(id, text)));
        } else {
            // The form that Apollo Client sends is trusted as well.
            let with_typename = typename::added(&text);
            found.extend(with_typename.map(|text| Found { with_typename: true, ..document(sha256(&text), text) }));
            found.push(document(sha256(&text), text));
        }
    }
    Ok(found)
}

/// Each file with the hash of its content, or the error of reading it.
pub type Fingerprint = Vec<(PathBuf, String)>;

/// The fingerprint of the files; different if any of them has changed.
pub fn fingerprint(sources: &[PathBuf]) -> Fingerprint {
    let files = files(sources).unwrap_or_default().into_iter();
    let look = |path: &Path| text_of(path).map_or_else(|error| error.to_string(), |text| sha256(&text));
    files.map(|file| (file.path.clone(), look(&file.path))).collect()
}

/// The content of a regular file of bounded size.
fn text_of(path: &Path) -> io::Result<String> {
    let about = fs::metadata(path)?;
    if !about.is_file() {
        return Err(io::Error::other("is no regular file"));
    }
    if about.len() > MAX_BYTES {
        return Err(io::Error::other(format!("has more than {MAX_BYTES} bytes")));
    }
    let mut text = fs::read_to_string(path)?;
    // A byte order mark is not part of the text (Unicode 23.8); editors and tools put it there.
    if text.starts_with(BYTE_ORDER_MARK) {
        text.remove(0);
    }
    Ok(text)
}

const BYTE_ORDER_MARK: char = '\u{feff}';

/// The largest file, in bytes.
const MAX_BYTES: u64 = 16 * 1024 * 1024;
/// The largest number of files.
const MAX_FILES: usize = 10_000;

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
            below(source, &mut files, &mut HashSet::new()).map_err(|error| SourceError::new(source, error))?;
        } else {
            files.push(File { client: named(source.file_stem()), path: source.clone() });
        }
    }
    Ok(files)
}

/// The files below a folder; a folder that is linked twice is entered once.
fn below(folder: &Path, files: &mut Vec<File>, entered: &mut HashSet<PathBuf>) -> io::Result<()> {
    if !entered.insert(folder.canonicalize()?) {
        return Ok(());
    }
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
    entries.sort();
    for path in entries {
        let is_hidden = path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
        if is_hidden {
            continue;
        } else if path.is_dir() {
            below(&path, files, entered)?;
        } else if path.extension().is_some_and(|extension| extension == "graphql" || extension == "json") {
            files.push(File { client: named(folder.file_name()), path });
        }
        if files.len() > MAX_FILES {
            return Err(io::Error::other(format!("holds more than {MAX_FILES} documents and manifests")));
        }
    }
    Ok(())
}

fn named(name: Option<&std::ffi::OsStr>) -> String {
    name.map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
