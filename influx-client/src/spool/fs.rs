//! The file operations of the spool, behind a trait so that tests can break them.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// A folder of files that grow at their end.
pub(crate) trait SpoolFs {
    /// A file that can be written.
    type File;
    /// Keeps others out as long as it lives.
    type Lock;

    /// The folder, for messages.
    fn folder(&self) -> &Path;
    /// Creates the folder when it is missing, and locks it; `None`: another has it.
    fn lock(&self) -> io::Result<Option<Self::Lock>>;
    /// Names and lengths of the files in the folder.
    fn list(&self) -> io::Result<Vec<(String, u64)>>;
    /// Creates a file; one that is there already is an error.
    fn create(&self, name: &str) -> io::Result<Self::File>;
    /// Opens a file to sync it.
    fn open(&self, name: &str) -> io::Result<Self::File>;
    /// Writes at the file's end, maybe not all; says how many bytes.
    fn write(&self, file: &mut Self::File, bytes: &[u8]) -> io::Result<usize>;
    /// Cuts the file after so many bytes.
    fn truncate(&self, file: &mut Self::File, len: u64) -> io::Result<()>;
    /// Makes the file's bytes survive a loss of power.
    fn sync(&self, file: &mut Self::File) -> io::Result<()>;
    /// Makes the names of created files, and that removed ones are gone, survive a loss of power.
    fn sync_folder(&self) -> io::Result<()>;
    /// Fills the buffer from a place in the file, less only at the file's end; says how many bytes.
    fn read_at(&self, name: &str, offset: u64, buffer: &mut [u8]) -> io::Result<usize>;
    /// Removes a file.
    fn remove(&self, name: &str) -> io::Result<()>;
}

/// The operating system's files.
#[derive(Debug)]
pub(crate) struct RealFs {
    folder: PathBuf,
    /// The file that was read last, and how far: records are read one behind the other.
    reading: Mutex<Option<(String, File, u64)>>,
}

impl RealFs {
    pub(crate) fn new(folder: impl Into<PathBuf>) -> Self {
        RealFs { folder: folder.into(), reading: Mutex::default() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

impl SpoolFs for RealFs {
    type File = File;
    type Lock = File;

    fn folder(&self) -> &Path {
        &self.folder
    }

    fn lock(&self) -> io::Result<Option<File>> {
        create_folder(&self.folder)?;
        let file =
            OpenOptions::new().create(true).write(true).truncate(false).open(self.path("spool.lock"))?;
        // by its path: newer standard libraries have a method of the same name
        match fs4::FileExt::try_lock(&file) {
            Ok(()) => Ok(Some(file)),
            Err(fs4::TryLockError::WouldBlock) => Ok(None),
            Err(fs4::TryLockError::Error(error)) => Err(error),
        }
    }

    fn list(&self) -> io::Result<Vec<(String, u64)>> {
        let mut files = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            let about = match entry.metadata() {
                // others may clean up theirs in between
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                about => about?,
            };
            if let (true, Ok(name)) = (about.is_file(), entry.file_name().into_string()) {
                files.push((name, about.len()));
            }
        }
        Ok(files)
    }

    fn create(&self, name: &str) -> io::Result<File> {
        OpenOptions::new().create_new(true).append(true).open(self.path(name))
    }

    fn open(&self, name: &str) -> io::Result<File> {
        OpenOptions::new().append(true).open(self.path(name))
    }

    fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<usize> {
        file.write(bytes)
    }

    fn truncate(&self, file: &mut File, len: u64) -> io::Result<()> {
        file.set_len(len)
    }

    fn sync(&self, file: &mut File) -> io::Result<()> {
        file.sync_data()
    }

    fn sync_folder(&self) -> io::Result<()> {
        sync_folder(&self.folder)
    }

    fn read_at(&self, name: &str, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let mut reading = self.reading.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut file, at) = match reading.take() {
            Some((open, file, at)) if open == name => (file, at),
            _ => (File::open(self.path(name))?, 0),
        };
        if at != offset {
            file.seek(SeekFrom::Start(offset))?;
        }
        let mut filled = 0;
        while filled < buffer.len() {
            match file.read(&mut buffer[filled..]) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        *reading = Some((name.to_owned(), file, offset + filled as u64));
        Ok(filled)
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        *self.reading.lock().unwrap_or_else(PoisonError::into_inner) = None;
        fs::remove_file(self.path(name))
    }
}

/// Creates a folder and those above it, so that a loss of power does not take them back.
fn create_folder(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let above = match folder.parent() {
        Some(above) if above.as_os_str().is_empty() => Path::new("."),
        Some(above) => above,
        None => Path::new("/"),
    };
    if !above.is_dir() {
        create_folder(above)?;
    }
    match fs::create_dir(folder) {
        // two writers at once: the lock decides
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => {}
        other => other?,
    }
    sync_folder(above)
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Elsewhere folders cannot be opened as files, and their entries are journaled.
#[cfg(not(unix))]
fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}
