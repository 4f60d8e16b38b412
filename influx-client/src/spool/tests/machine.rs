//! A machine with a disk in memory: it goes off after so many steps, and its file system refuses.

use std::cell::{Cell, Ref, RefCell, RefMut};
use std::collections::BTreeMap;
use std::io::{Error, ErrorKind, Result};
use std::path::Path;
use std::rc::Rc;

use super::disk::Disk;
use crate::spool::fs::SpoolFs;

/// How an operation is to fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// With this error, and nothing done. A failed sync gives up what it was to make safe.
    Error(ErrorKind),
    /// With this error, after some of it was done.
    Partly(ErrorKind),
    /// It succeeds, but only some of the bytes are written.
    Short,
}

#[derive(Debug, Default)]
struct Machine {
    disk: Disk,
    /// Operations so far.
    operations: usize,
    /// Steps until the crash; an operation is one and each byte written is one.
    fuel: Option<usize>,
    crashed: bool,
    /// Bytes of the write that the crash hit: those that were written, and all.
    hit: (usize, usize),
    full: bool,
    /// The most bytes that the files took together.
    peak: u64,
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

    /// Nothing can be created or written any more.
    pub(super) fn full(self) -> Self {
        self.machine.borrow_mut().full = true;
        self
    }

    pub(super) fn without_faults(&self) {
        self.machine.borrow_mut().faults.clear();
    }

    pub(super) fn disk(&self) -> Ref<'_, Disk> {
        Ref::map(self.machine.borrow(), |machine| &machine.disk)
    }

    /// Flips a bit.
    pub(super) fn rot(&self, name: &str, at: usize) {
        self.machine.borrow_mut().disk.rot(name, at);
    }

    pub(super) fn crashed(&self) -> bool {
        self.machine.borrow().crashed
    }

    /// Steps to the next crash that is another one: within a body, one byte is as good as the next.
    pub(super) fn next_crash(&self) -> usize {
        const HEADER: usize = 40;
        let (written, all) = self.machine.borrow().hit;
        if written < HEADER { 1 } else { all.saturating_sub(written + 2).max(1) }
    }

    pub(super) fn operations(&self) -> usize {
        self.machine.borrow().operations
    }

    /// Bytes of all files.
    pub(super) fn bytes(&self) -> u64 {
        self.disk().bytes()
    }

    /// The most bytes that the files took together.
    pub(super) fn peak(&self) -> u64 {
        self.machine.borrow().peak
    }

    /// Begins an operation: one step, and maybe a fault.
    fn begin(&self) -> Result<(RefMut<'_, Machine>, Option<Fault>)> {
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

    fn inode(&self, name: &str) -> Result<usize> {
        self.disk.inode(name).ok_or_else(|| ErrorKind::NotFound.into())
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
        Ok(machine.disk.list())
    }

    fn create(&self, name: &str) -> Result<usize> {
        let (mut machine, fault) = self.begin()?;
        let full = machine.full.then_some(Fault::Error(ErrorKind::StorageFull));
        if let Some(Fault::Error(kind)) = fault.or(full) {
            return Err(kind.into());
        }
        if machine.disk.inode(name).is_some() {
            return Err(ErrorKind::AlreadyExists.into());
        }
        let inode = machine.disk.create(name);
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
        let full = machine.full.then_some(Fault::Error(ErrorKind::StorageFull));
        let (count, outcome) = match fault.or(full) {
            Some(Fault::Error(kind)) => (0, Err(kind.into())),
            Some(Fault::Partly(kind)) => (bytes.len() / 2, Err(kind.into())),
            Some(Fault::Short) => (bytes.len().div_ceil(2), Ok(bytes.len().div_ceil(2))),
            None => (bytes.len(), Ok(bytes.len())),
        };
        let powered = machine.fuel.map_or(count, |fuel| count.min(fuel));
        machine.hit = (powered, count);
        if powered > 0 {
            machine.disk.write(*file, &bytes[..powered]);
            machine.peak = machine.peak.max(machine.disk.bytes());
        }
        machine.burn(count)?;
        outcome
    }

    fn truncate(&self, file: &mut usize, len: u64) -> Result<()> {
        let (mut machine, fault) = self.begin()?;
        if let Some(Fault::Error(kind)) = fault {
            return Err(kind.into());
        }
        machine.disk.cut(*file, len as usize);
        if let Some(Fault::Partly(kind)) = fault { Err(kind.into()) } else { Ok(()) }
    }

    fn sync(&self, file: &mut usize) -> Result<()> {
        let (mut machine, fault) = self.begin()?;
        machine.disk.sync(*file, matches!(fault, Some(Fault::Error(_) | Fault::Partly(_))));
        match fault {
            Some(Fault::Error(kind) | Fault::Partly(kind)) => Err(kind.into()),
            _ => Ok(()),
        }
    }

    fn sync_folder(&self) -> Result<()> {
        let (mut machine, fault) = self.begin()?;
        machine.disk.sync_names(matches!(fault, Some(Fault::Error(_) | Fault::Partly(_))));
        match fault {
            Some(Fault::Error(kind) | Fault::Partly(kind)) => Err(kind.into()),
            _ => Ok(()),
        }
    }

    fn read_at(&self, name: &str, offset: u64, buffer: &mut [u8]) -> Result<usize> {
        let (machine, fault) = self.begin()?;
        if let Some(Fault::Error(kind) | Fault::Partly(kind)) = fault {
            return Err(kind.into());
        }
        let seen = machine.disk.seen(machine.inode(name)?);
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
        machine.disk.remove(name);
        if let Some(Fault::Partly(kind)) = fault { Err(kind.into()) } else { Ok(()) }
    }
}
