//! Files of which a change is to be noticed, and taken up once it has come to its end.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Some files, as they were when they were last read.
pub(super) struct Watched {
    files: Vec<PathBuf>,
    read: Vec<Mark>,
    seen: Vec<Mark>,
}

/// By what a file is seen to have changed.
type Mark = Option<(SystemTime, u64)>;

impl Watched {
    /// As they are now.
    pub(super) fn new(files: Vec<PathBuf>) -> Self {
        let now = marks(&files);
        Self { files, read: now.clone(), seen: now }
    }

    /// They are read now, whatever has changed.
    pub(super) fn begin(&mut self) {
        self.read = marks(&self.files);
    }

    /// Whether they are to be read again. One that has just changed may not be written to its end, nor the other of a
    /// pair be there: only what two looks in a row find alike has changed.
    pub(super) fn has_changed(&mut self) -> bool {
        let before = std::mem::replace(&mut self.seen, marks(&self.files));
        let has_changed = self.seen != self.read && self.seen == before;
        if has_changed {
            self.read.clone_from(&self.seen);
        }
        has_changed
    }
}

fn marks(files: &[PathBuf]) -> Vec<Mark> {
    files.iter().map(|file| mark(file)).collect()
}

fn mark(file: &Path) -> Mark {
    let metadata = file.metadata().ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_change_counts_once_it_is_seen_to_last() {
        let file = std::env::temp_dir().join(format!("portalgraph-watched-{}", std::process::id()));
        fs::write(&file, "a").unwrap();
        let mut watched = Watched::new(vec![file.clone(), file.join("never there")]);
        assert!(!watched.has_changed());
        fs::write(&file, "ab").unwrap();
        assert!(!watched.has_changed());
        fs::write(&file, "abc").unwrap();
        assert!(!watched.has_changed());
        assert!(watched.has_changed());
        assert!(!watched.has_changed());
        fs::remove_file(&file).unwrap();
        assert!(!watched.has_changed());
        assert!(watched.has_changed(), "one that is gone has changed too");
    }
}
