//! The folder with the demo databases, and the note in it that says which data they hold. The note is written last:
//! a folder without one was being filled when something stopped it.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use demo::Plan;
use serde::{Deserialize, Serialize};

use crate::services::Service;

const NOTE: &str = "demo.toml";
const LOCK: &str = "demo.lock";

/// A folder that can be written to.
pub struct Folder {
    path: PathBuf,
    plan: Plan,
    /// Locked as long as we use the folder.
    _lock: fs::File,
}

/// Which data the databases hold.
#[derive(PartialEq, Eq, Serialize, Deserialize)]
struct Note {
    seed: u64,
    scale: String,
}

/// Why the folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// It cannot be made or written to.
    #[error("cannot write to the data folder {path}: {error}; choose another with --data-dir")]
    Unwritable {
        /// Which folder.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// Another process uses it.
    #[error("the data folder {path} is in use by another `tessera dev`: stop it, or choose another with --data-dir")]
    InUse {
        /// Which folder.
        path: PathBuf,
    },
    /// It holds other data than asked for.
    #[error("{path} holds data of --seed {seed} --scale {scale}: say so, or replace it with --fresh")]
    OtherData {
        /// Which folder.
        path: PathBuf,
        /// Its seed.
        seed: u64,
        /// Its scale.
        scale: String,
    },
    /// Databases without a note, or a note without databases.
    #[error("{path} does not hold all of the demo data: replace it with --fresh")]
    Unfinished {
        /// Which folder.
        path: PathBuf,
    },
}

impl Folder {
    /// Makes the folder; with `fresh`, empties it of databases.
    pub fn prepare(path: &Path, plan: Plan, fresh: bool) -> Result<Self, FolderError> {
        let unwritable = |error| FolderError::Unwritable { path: path.to_owned(), error };
        fs::create_dir_all(path).map_err(unwritable)?;
        let lock = fs::File::create(path.join(LOCK)).map_err(unwritable)?;
        lock.try_lock().map_err(|_| FolderError::InUse { path: path.to_owned() })?;
        let folder = Self { path: path.to_owned(), plan, _lock: lock };
        if fresh {
            folder.clear().map_err(unwritable)?;
        }
        Ok(folder)
    }

    /// Whether the databases are still to be filled.
    ///
    /// # Errors
    /// They hold other data than asked for, or were never filled to the end.
    pub fn is_empty(&self) -> Result<bool, FolderError> {
        let path = self.path.clone();
        match fs::read_to_string(self.path.join(NOTE)).ok().and_then(|note| toml::from_str::<Note>(&note).ok()) {
            Some(note) if note == self.note() => {
                let all_there = Service::ALL.iter().all(|service| self.database(*service).exists());
                if all_there { Ok(false) } else { Err(FolderError::Unfinished { path }) }
            }
            Some(Note { seed, scale }) => Err(FolderError::OtherData { path, seed, scale }),
            None if Service::ALL.iter().any(|service| self.database(*service).exists()) => {
                Err(FolderError::Unfinished { path })
            }
            None => Ok(true),
        }
    }

    /// Notes that the databases are filled.
    pub fn filled(&self) -> Result<(), FolderError> {
        let text = toml::to_string(&self.note()).unwrap_or_default();
        let unwritable = |error| FolderError::Unwritable { path: self.path.clone(), error };
        fs::write(self.path.join(NOTE), text).map_err(unwritable)
    }

    /// The file of a service's database, without SQLite's own suffixes.
    pub fn database(&self, service: Service) -> PathBuf {
        self.path.join(format!("{service}.db"))
    }

    fn note(&self) -> Note {
        Note { seed: self.plan.seed, scale: self.plan.scale.name().to_owned() }
    }

    /// Removes our files and nothing else: the folder may be somebody's.
    fn clear(&self) -> io::Result<()> {
        let suffixes = ["", "-wal", "-shm", "-journal", ".lock"];
        let files = Service::ALL.iter().flat_map(|service| suffixes.map(|suffix| format!("{service}.db{suffix}")));
        for name in files.chain([NOTE.to_owned()]) {
            match fs::remove_file(self.path.join(name)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }
}
