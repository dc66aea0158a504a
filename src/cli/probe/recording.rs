//! A recording: each answer as a file, masked, written when all of it is there.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::mask::Mask;
use crate::cli::failure::Failure;
use crate::portal::Spelling;

/// The masked answers of one probe, by operation.
pub(super) struct Recording {
    folder: PathBuf,
    mask: Mask,
    answers: Vec<(PathBuf, String)>,
    /// Whether the folder is made by this recording.
    is_new: bool,
}

impl Recording {
    /// A recording into this folder, which may be new, or hold anything but recordings.
    pub(super) fn into(folder: &Path) -> Result<Self, Failure> {
        let mut is_new = false;
        let held = match fs::read_dir(folder) {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                is_new = true;
                false
            }
            Err(reason) => return Err(Failure::File { path: folder.to_owned(), reason }),
            Ok(mut entries) => entries.any(|entry| {
                entry.is_ok_and(|entry| entry.path().extension().is_some_and(|extension| extension == "json"))
            }),
        };
        if held {
            return Err(Failure::Exists { option: "--record", path: folder.to_owned() });
        }
        let mask = Mask::new().map_err(|_| Failure::NoRandomness)?;
        Ok(Self { folder: folder.to_owned(), mask, answers: Vec::new(), is_new })
    }

    /// Takes an answer in.
    pub(super) fn keep(&mut self, operation: &'static str, known: &'static [Spelling], answer: &Value) {
        let masked = self.mask.masked(known, answer);
        self.answers.push((self.folder.join(format!("{operation}.json")), format!("{masked:#}\n")));
    }

    /// Writes it all, or nothing; tells how many answers it holds.
    pub(super) fn write(&self) -> Result<usize, Failure> {
        if self.answers.is_empty() {
            return Ok(0);
        }
        fs::create_dir_all(&self.folder)
            .map_err(|reason| Failure::File { path: self.folder.clone(), reason })?;
        for (number, (path, text)) in self.answers.iter().enumerate() {
            if let Err(failure) = write_new(path, text) {
                self.remove(number);
                return Err(failure);
            }
        }
        Ok(self.answers.len())
    }

    /// Takes back what was written, because what belongs beside it could not be.
    pub(super) fn undo(&self) {
        self.remove(self.answers.len());
    }

    fn remove(&self, written: usize) {
        // It was written a moment ago; if it cannot be removed, the failure told says enough.
        for (path, _) in self.answers.iter().take(written) {
            let _ = fs::remove_file(path);
        }
        if self.is_new {
            let _ = fs::remove_dir(&self.folder);
        }
    }
}

/// Writes a file that must not be there yet, as a whole or not at all.
pub(super) fn write_new(path: &Path, text: &str) -> Result<(), Failure> {
    let failed = |reason| Failure::File { path: path.to_owned(), reason };
    let mut file = OpenOptions::new().write(true).create_new(true).open(path).map_err(failed)?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(|reason| {
        let _ = fs::remove_file(path);
        failed(reason)
    })
}
