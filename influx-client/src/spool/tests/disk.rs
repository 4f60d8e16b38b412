//! A disk in memory that loses power, and refuses.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::io::{Error, ErrorKind, Result};
use std::path::Path;
use std::rc::Rc;

use super::super::SpoolFs;

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
    /// All bytes are left, but no name that was not synced.
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

/// How an operation is to fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// With this error, and nothing done. A failed sync gives its bytes up.
    Error(ErrorKind),
    /// With this error, after some of it was done.
    Partly(ErrorKind),
    /// It succeeds, but only some of the bytes are written.
    Short,
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
        } else if crash == Crash::Bytes {
            // the removals happened
            names.retain(|name, _| self.names.contains_key(name));
        }
        let inodes =
            self.inodes.iter().map(|inode| Inode::settled(inode.after(crash, &mut random))).collect();
        Disk { safe_names: names.clone(), names, name_changes: Vec::new(), inodes }
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

impl Inode {
    fn settled(bytes: Vec<u8>) -> Inode {
        Inode { seen: bytes.clone(), safe: bytes, ..Inode::default() }
    }

    fn after(&self, crash: Crash, random: &mut Random) -> Vec<u8> {
        match crash {
            Crash::Process | Crash::Bytes => self.seen.clone(),
            Crash::Nothing | Crash::Names => self.safe.clone(),
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

#[derive(Debug, Default)]
struct Machine {
    disk: Disk,
    /// Operations so far.
    operations: usize,
    /// Steps until the crash; an operation is one and each byte written is one.
    fuel: Option<usize>,
    crashed: bool,
    faults: BTreeMap<usize, Fault>,
}

/// The file system of one machine; clones are handles of the same.
#[derive(Debug, Clone, Default)]
pub(super) struct MemFs {
    machine: Rc<RefCell<Machine>>,
    locked: Rc<Cell<bool>>,
}

/// Frees the folder when its process ends.
#[derive(Debug)]
pub(super) struct MemLock(Rc<Cell<bool>>);

impl Drop for MemLock {
    fn drop(&mut self) {
        self.0.set(false);
    }
}

impl MemFs {
    pub(super) fn new(disk: Disk) -> Self {
        let fs = MemFs::default();
        fs.machine.borrow_mut().disk = disk;
        fs
    }

    pub(super) fn with_fuel(self, steps: usize) -> Self {
        self.machine.borrow_mut().fuel = Some(steps);
        self
    }

    pub(super) fn with_faults(self, faults: impl IntoIterator<Item = (usize, Fault)>) -> Self {
        self.machine.borrow_mut().faults = faults.into_iter().collect();
        self
    }

    pub(super) fn without_faults(&self) {
        self.machine.borrow_mut().faults.clear();
    }

    pub(super) fn disk(&self) -> Disk {
        self.machine.borrow().disk.clone()
    }

    /// Flips a bit.
    pub(super) fn rot(&self, name: &str, at: usize) {
        let mut machine = self.machine.borrow_mut();
        let inode = machine.disk.names[name];
        let inode = &mut machine.disk.inodes[inode];
        inode.seen[at] ^= 1;
        inode.safe.get_mut(at).map(|byte| *byte ^= 1).unwrap_or_default();
    }

    pub(super) fn crashed(&self) -> bool {
        self.machine.borrow().crashed
    }

    pub(super) fn operations(&self) -> usize {
        self.machine.borrow().operations
    }

    /// Bytes of all files.
    pub(super) fn bytes(&self) -> u64 {
        self.disk().files().values().map(|bytes| bytes.len() as u64).sum()
    }

    /// Begins an operation: one step, and maybe a fault.
    fn begin(&self) -> Result<(std::cell::RefMut<'_, Machine>, Option<Fault>)> {
        let mut machine = self.machine.borrow_mut();
        let fault = machine.faults.get(&machine.operations).copied();
        machine.operations += 1;
        machine.burn(1)?;
        Ok((machine, fault))
    }
}

impl Machine {
    fn burn(&mut self, steps: usize) -> Result<()> {
        match &mut self.fuel {
            Some(fuel) if *fuel < steps || self.crashed => {
                self.crashed = true;
                Err(Error::other("the machine is off"))
            }
            Some(fuel) => {
                *fuel -= steps;
                Ok(())
            }
            None => Ok(()),
        }
    }

    fn change(&mut self, inode: usize, change: Change) {
        apply(&mut self.disk.inodes[inode].seen, &change);
        self.disk.inodes[inode].changes.push(change);
    }

    fn inode(&self, name: &str) -> Result<usize> {
        self.disk.names.get(name).copied().ok_or_else(|| ErrorKind::NotFound.into())
    }
}

impl SpoolFs for MemFs {
    type File = usize;
    type Lock = MemLock;

    fn folder(&self) -> &Path {
        Path::new("memory")
    }

    fn lock(&self) -> Result<Option<MemLock>> {
        match self.begin()?.1 {
            Some(Fault::Error(kind) | Fault::Partly(kind)) => Err(kind.into()),
            _ if self.locked.replace(true) => Ok(None),
            _ => Ok(Some(MemLock(Rc::clone(&self.locked)))),
        }
    }

    fn list(&self) -> Result<Vec<(String, u64)>> {
        let (machine, fault) = self.begin()?;
        if let Some(Fault::Error(kind) | Fault::Partly(kind)) = fault {
            return Err(kind.into());
        }
        let len = |inode: &usize| machine.disk.inodes[*inode].seen.len() as u64;
        Ok(machine.disk.names.iter().map(|(name, inode)| (name.clone(), len(inode))).collect())
    }

    fn create(&self, name: &str) -> Result<usize> {
        let (mut machine, fault) = self.begin()?;
        if let Some(Fault::Error(kind)) = fault {
            return Err(kind.into());
        }
        if machine.disk.names.contains_key(name) {
            return Err(ErrorKind::AlreadyExists.into());
        }
        let inode = machine.disk.inodes.len();
        machine.disk.inodes.push(Inode::default());
        machine.disk.names.insert(name.into(), inode);
        machine.disk.name_changes.push(Name::Added(name.into(), inode));
        if let Some(Fault::Partly(kind)) = fault { Err(kind.into()) } else { Ok(inode) }
    }

    fn open(&self, name: &str) -> Result<usize> {
        match self.begin()? {
            (_, Some(Fault::Error(kind) | Fault::Partly(kind))) => Err(kind.into()),
            (machine, _) => machine.inode(name),
        }
    }

    fn write(&self, file: &mut usize, bytes: &[u8]) -> Result<usize> {
        let (mut machine, fault) = self.begin()?;
        let at = machine.disk.inodes[*file].seen.len();
        let (count, outcome) = match fault {
            Some(Fault::Error(kind)) => (0, Err(kind.into())),
            Some(Fault::Partly(kind)) => (bytes.len() / 2, Err(kind.into())),
            Some(Fault::Short) => (bytes.len().div_ceil(2), Ok(bytes.len().div_ceil(2))),
            None => (bytes.len(), Ok(bytes.len())),
        };
        let powered = machine.fuel.map_or(count, |fuel| count.min(fuel));
        if powered > 0 {
            machine.change(*file, Change::Write(at, bytes[..powered].to_vec()));
        }
        machine.burn(count)?;
        outcome
    }

    fn truncate(&self, file: &mut usize, len: u64) -> Result<()> {
        let (mut machine, fault) = self.begin()?;
        if let Some(Fault::Error(kind)) = fault {
            return Err(kind.into());
        }
        machine.change(*file, Change::Cut(len as usize));
        if let Some(Fault::Partly(kind)) = fault { Err(kind.into()) } else { Ok(()) }
    }

    fn sync(&self, file: &mut usize) -> Result<()> {
        let (mut machine, fault) = self.begin()?;
        let inode = &mut machine.disk.inodes[*file];
        let changes = std::mem::take(&mut inode.changes);
        if let Some(Fault::Error(kind) | Fault::Partly(kind)) = fault {
            inode.given_up.extend(changes);
            return Err(kind.into());
        }
        for change in &changes {
            apply(&mut inode.safe, change);
        }
        Ok(())
    }

    fn sync_folder(&self) -> Result<()> {
        let (mut machine, fault) = self.begin()?;
        if let Some(Fault::Error(kind) | Fault::Partly(kind)) = fault {
            return Err(kind.into());
        }
        machine.disk.name_changes.clear();
        machine.disk.safe_names = machine.disk.names.clone();
        Ok(())
    }

    fn read_at(&self, name: &str, offset: u64, buffer: &mut [u8]) -> Result<usize> {
        let (machine, fault) = self.begin()?;
        if let Some(Fault::Error(kind) | Fault::Partly(kind)) = fault {
            return Err(kind.into());
        }
        let seen = &machine.disk.inodes[machine.inode(name)?].seen;
        let rest = seen.get(offset as usize..).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        Ok(count)
    }

    fn remove(&self, name: &str) -> Result<()> {
        let (mut machine, fault) = self.begin()?;
        if let Some(Fault::Error(kind)) = fault {
            return Err(kind.into());
        }
        machine.inode(name)?;
        machine.disk.names.remove(name);
        machine.disk.name_changes.push(Name::Removed(name.into()));
        if let Some(Fault::Partly(kind)) = fault { Err(kind.into()) } else { Ok(()) }
    }
}
