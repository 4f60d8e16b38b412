//! A disk in memory that loses power.

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};
use std::mem;

/// Small random numbers that a seed repeats.
#[derive(Debug, Clone)]
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub(super) fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % bound.max(1)
    }
}

/// What is left after a crash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Crash {
    /// The process died: the operating system has it all.
    Process,
    /// Power was lost, and nothing that was not synced is left.
    Nothing,
    /// The names are left, and no byte that was not synced.
    Names,
    /// Removed files are gone, and else nothing that was not synced is left.
    Removals,
    /// All bytes are left and removed files are gone, but no name that was not synced is left.
    Bytes,
    /// Any part of what was not synced is left, with holes and torn pieces.
    Torn(u64),
}

#[derive(Debug, Clone)]
enum Change {
    Write(usize, Vec<u8>),
    Cut(usize),
}

/// Contents: as the kernel has them, as they are safe, and what lies between.
#[derive(Debug, Clone, Default)]
struct Inode {
    seen: Vec<u8>,
    safe: Vec<u8>,
    changes: Vec<Change>,
    /// What a failed sync gave up; the kernel takes it for written.
    given_up: Vec<Change>,
}

#[derive(Debug, Clone)]
enum Name {
    Added(String, usize),
    Removed(String),
}

#[derive(Debug, Clone, Default)]
pub(super) struct Disk {
    names: BTreeMap<String, usize>,
    safe_names: BTreeMap<String, usize>,
    name_changes: Vec<Name>,
    inodes: Vec<Inode>,
}

impl Disk {
    /// The disk as the next process finds it.
    pub(super) fn after(&self, crash: Crash) -> Disk {
        let mut random = Random::new(if let Crash::Torn(seed) = crash { seed } else { 0 });
        let mut names = match crash {
            Crash::Process | Crash::Names => self.names.clone(),
            _ => self.safe_names.clone(),
        };
        if let Crash::Torn(_) = crash {
            for change in &self.name_changes {
                match (random.below(2), change) {
                    (0, Name::Added(name, inode)) => drop(names.insert(name.clone(), *inode)),
                    (0, Name::Removed(name)) => drop(names.remove(name)),
                    _ => {}
                }
            }
        } else if matches!(crash, Crash::Bytes | Crash::Removals) {
            names.retain(|name, _| self.names.contains_key(name));
        }
        // of files without a name nothing is found
        let mut inodes = vec![Inode::default(); self.inodes.len()];
        for inode in names.values() {
            inodes[*inode] = Inode::settled(self.inodes[*inode].after(crash, &mut random));
        }
        Disk { safe_names: names.clone(), names, name_changes: Vec::new(), inodes }
    }

    pub(super) fn inode(&self, name: &str) -> Option<usize> {
        self.names.get(name).copied()
    }

    /// Names and lengths.
    pub(super) fn list(&self) -> Vec<(String, u64)> {
        let len = |inode: &usize| self.inodes[*inode].seen.len() as u64;
        self.names.iter().map(|(name, inode)| (name.clone(), len(inode))).collect()
    }

    pub(super) fn seen(&self, inode: usize) -> &[u8] {
        &self.inodes[inode].seen
    }

    pub(super) fn create(&mut self, name: &str) -> usize {
        let inode = self.inodes.len();
        self.inodes.push(Inode::default());
        self.names.insert(name.into(), inode);
        self.name_changes.push(Name::Added(name.into(), inode));
        inode
    }

    pub(super) fn remove(&mut self, name: &str) {
        self.names.remove(name);
        self.name_changes.push(Name::Removed(name.into()));
    }

    pub(super) fn write(&mut self, inode: usize, bytes: &[u8]) {
        let inode = &mut self.inodes[inode];
        inode.change(Change::Write(inode.seen.len(), bytes.to_vec()));
    }

    pub(super) fn cut(&mut self, inode: usize, len: usize) {
        self.inodes[inode].change(Change::Cut(len));
    }

    /// A sync that fails gives the bytes up.
    pub(super) fn sync(&mut self, inode: usize, failed: bool) {
        let inode = &mut self.inodes[inode];
        for change in mem::take(&mut inode.changes) {
            if failed {
                inode.given_up.push(change);
            } else {
                apply(&mut inode.safe, &change);
            }
        }
    }

    /// Flips a bit.
    pub(super) fn rot(&mut self, name: &str, at: usize) {
        let inode = &mut self.inodes[self.names[name]];
        inode.seen[at] ^= 1;
        if let Some(byte) = inode.safe.get_mut(at) {
            *byte ^= 1;
        }
    }

    /// A sync that fails gives up the names of new files: they are seen, and never safe.
    pub(super) fn sync_names(&mut self, failed: bool) {
        for change in mem::take(&mut self.name_changes) {
            match change {
                Name::Added(..) if failed => {}
                Name::Added(name, inode) => drop(self.safe_names.insert(name, inode)),
                Name::Removed(name) if failed => self.name_changes.push(Name::Removed(name)),
                Name::Removed(name) => drop(self.safe_names.remove(&name)),
            }
        }
    }

    /// Bytes of all files.
    pub(super) fn bytes(&self) -> u64 {
        self.names.values().map(|inode| self.inodes[*inode].seen.len() as u64).sum()
    }

    pub(super) fn files(&self) -> BTreeMap<String, Vec<u8>> {
        self.names.iter().map(|(name, inode)| (name.clone(), self.inodes[*inode].seen.clone())).collect()
    }

    pub(super) fn with_file(mut self, name: &str, bytes: &[u8]) -> Disk {
        self.names.insert(name.into(), self.inodes.len());
        self.safe_names.insert(name.into(), self.inodes.len());
        self.inodes.push(Inode::settled(bytes.to_vec()));
        self
    }
}

/// Names and contents.
impl Hash for Disk {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        for (name, inode) in &self.names {
            (name, &self.inodes[*inode].seen).hash(hasher);
        }
    }
}

impl Inode {
    fn settled(bytes: Vec<u8>) -> Inode {
        Inode { seen: bytes.clone(), safe: bytes, ..Inode::default() }
    }

    fn change(&mut self, change: Change) {
        apply(&mut self.seen, &change);
        self.changes.push(change);
    }

    fn after(&self, crash: Crash, random: &mut Random) -> Vec<u8> {
        match crash {
            Crash::Process | Crash::Bytes => self.seen.clone(),
            Crash::Nothing | Crash::Names | Crash::Removals => self.safe.clone(),
            Crash::Torn(_) => {
                let mut bytes = self.safe.clone();
                for change in self.given_up.iter().chain(&self.changes) {
                    match (random.below(4), change) {
                        (0, _) => {}
                        (1, Change::Write(at, written)) => {
                            let end = random.below(written.len() + 1);
                            apply(&mut bytes, &Change::Write(*at, written[..end].to_vec()));
                        }
                        (2, Change::Write(at, written)) => {
                            // the length is there, the first bytes are not
                            let begin = random.below(written.len());
                            let fill = if random.below(2) == 0 { 0 } else { 0xA5 };
                            let mut torn = vec![fill; begin];
                            torn.extend_from_slice(&written[begin..]);
                            apply(&mut bytes, &Change::Write(*at, torn));
                        }
                        _ => apply(&mut bytes, change),
                    }
                }
                bytes
            }
        }
    }
}

fn apply(bytes: &mut Vec<u8>, change: &Change) {
    match change {
        Change::Write(at, written) => {
            let end = at + written.len();
            bytes.resize(bytes.len().max(end), 0);
            bytes[*at..end].copy_from_slice(written);
        }
        Change::Cut(len) => bytes.truncate(*len),
    }
}
