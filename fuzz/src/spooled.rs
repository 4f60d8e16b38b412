//! A spool whose segments hold any bytes, opened, used and opened again.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Error, ErrorKind, Result};
use std::path::Path;
use std::rc::Rc;
use std::time::{Duration, Instant};

use crate::spool::error::SpoolError;
use crate::spool::fs::SpoolFs;
use crate::spool::settings::{Fsync, SpoolFull, SpoolSettings};
use crate::spool::waiting::{Append, Descriptor, DropReason};
use crate::spool::wal::Spool;

const MAGIC: &[u8] = b"\xFFSP\xFE";
const HEADER: usize = 32;

/// Files in memory.
#[derive(Clone, Default)]
struct Files(Rc<RefCell<BTreeMap<String, Vec<u8>>>>);

impl SpoolFs for Files {
    type File = String;
    type Lock = ();

    fn folder(&self) -> &Path {
        Path::new("memory")
    }

    fn lock(&self) -> Result<Option<()>> {
        Ok(Some(()))
    }

    fn list(&self) -> Result<Vec<(String, u64)>> {
        Ok(self.0.borrow().iter().map(|(name, bytes)| (name.clone(), bytes.len() as u64)).collect())
    }

    fn create(&self, name: &str) -> Result<String> {
        match self.0.borrow_mut().insert(name.to_owned(), Vec::new()) {
            Some(_) => Err(ErrorKind::AlreadyExists.into()),
            None => Ok(name.to_owned()),
        }
    }

    fn open(&self, name: &str) -> Result<String> {
        Ok(name.to_owned())
    }

    fn write(&self, file: &mut String, bytes: &[u8]) -> Result<usize> {
        let mut files = self.0.borrow_mut();
        let file = files.get_mut(file).ok_or_else(|| Error::from(ErrorKind::NotFound))?;
        file.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn truncate(&self, file: &mut String, len: u64) -> Result<()> {
        if let Some(bytes) = self.0.borrow_mut().get_mut(file) {
            bytes.truncate(len as usize);
        }
        Ok(())
    }

    fn sync(&self, _: &mut String) -> Result<()> {
        Ok(())
    }

    fn sync_folder(&self) -> Result<()> {
        Ok(())
    }

    fn read_at(&self, name: &str, offset: u64, buffer: &mut [u8]) -> Result<usize> {
        let files = self.0.borrow();
        let rest = files.get(name).and_then(|bytes| bytes.get(offset as usize..)).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        Ok(count)
    }

    fn remove(&self, name: &str) -> Result<()> {
        self.0.borrow_mut().remove(name);
        Ok(())
    }
}

/// How the spool is used, and the files that are found.
struct Input {
    settings: SpoolSettings,
    when_full: SpoolFull,
    acknowledged: u8,
    files: Files,
}

impl Input {
    /// Two bytes of options, and files, each with its length in two bytes in front. What a fuzzer hardly guesses is made to
    /// fit, if the options say so: the CRCs of headers, and of bodies.
    fn new(bytes: &[u8]) -> Option<Input> {
        let ([options, acknowledged], mut rest) = bytes.split_first_chunk::<2>()?;
        let policies = [Fsync::Always, Fsync::Interval(Duration::from_secs(1)), Fsync::Never];
        let fsync = policies[usize::from(options >> 2) % 3];
        let (max, segment) = if options & 32 > 0 { (2048, 300) } else { (16 << 20, 1 << 20) };
        let mut files = BTreeMap::new();
        for number in 1u64.. {
            let Some((len, behind)) = rest.split_first_chunk::<2>() else { break };
            let (file, behind) = behind.split_at(usize::from(u16::from_le_bytes(*len)).min(behind.len()));
            let mut file = file.to_vec();
            mend(&mut file, number, options & 1 > 0, options & 2 > 0);
            files.insert(format!("{number:020}.spool"), file);
            rest = behind;
        }
        Some(Input {
            settings: SpoolSettings::new("memory").fsync(fsync).max_bytes(max).segment_bytes(segment),
            when_full: if options & 16 > 0 { SpoolFull::DropOldest } else { SpoolFull::Refuse },
            acknowledged: *acknowledged,
            files: Files(Rc::new(RefCell::new(files))),
        })
    }

    /// Opens the files: the spool, what waits, and how many records are lost. `None` if a later version wrote them.
    fn open(&self) -> Option<(Spool<Files>, Vec<Descriptor>, usize)> {
        match Spool::open(self.files.clone(), &self.settings, self.when_full) {
            Ok((spool, recovered)) => Some((spool, recovered.records, recovered.lost.len())),
            Err(SpoolError::Newer { .. }) => None,
            Err(error) => panic!("{error}"),
        }
    }
}

fn number<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    bytes[at..at + N].try_into().expect("so many bytes")
}

fn header_crc(segment: u64, offset: usize, header: &[u8]) -> [u8; 4] {
    let covered = [&segment.to_le_bytes()[..], &(offset as u64).to_le_bytes(), &header[..28]].concat();
    crc32c::crc32c(&covered).to_le_bytes()
}

/// The body of the record at an offset, if the file holds as much as the header says.
fn body(file: &[u8], at: usize) -> Option<&[u8]> {
    let header = file.get(at..at + HEADER)?;
    file.get(at + HEADER..)?.get(..u32::from_le_bytes(number(header, 8)) as usize)
}

fn begins(file: &[u8]) -> impl DoubleEndedIterator<Item = usize> {
    (0..(file.len() + 1).saturating_sub(HEADER)).filter(|at| file[*at..].starts_with(MAGIC))
}

fn mend(file: &mut [u8], segment: u64, headers: bool, bodies: bool) {
    // backwards: what is within a body comes before its CRC
    for at in begins(file).collect::<Vec<_>>().into_iter().rev() {
        if let (true, Some(body)) = (bodies, body(file, at)) {
            let crc = crc32c::crc32c(body).to_le_bytes();
            file[at + 24..at + 28].copy_from_slice(&crc);
        }
        if headers {
            let crc = header_crc(segment, at, &file[at..at + HEADER]);
            file[at + 28..at + HEADER].copy_from_slice(&crc);
        }
    }
}

/// A record as a naive reader finds it: id, points, target and lines.
type Whole = (u64, u32, Vec<u8>, Vec<u8>);

/// All records of data whose CRCs fit, wherever they stand.
fn whole(files: &Files) -> BTreeSet<Whole> {
    let mut records = BTreeSet::new();
    for (name, file) in &*files.0.borrow() {
        let segment = name[..20].parse().expect("a number");
        for at in begins(file) {
            let (header, Some(body)) = (&file[at..at + HEADER], body(file, at)) else { continue };
            let target = usize::from(u16::from_le_bytes(number(header, 6)));
            let fits = header[4..6] == [1, 1]
                && header[28..] == header_crc(segment, at, header)
                && header[24..28] == crc32c::crc32c(body).to_le_bytes();
            if let (true, Some((target, lines))) = (fits, body.split_at_checked(target)) {
                let (id, points) =
                    (u64::from_le_bytes(number(header, 16)), u32::from_le_bytes(number(header, 12)));
                records.insert((id, points, target.to_vec(), lines.to_vec()));
            }
        }
    }
    records
}

/// Whether the lines are those of the records from one id to another.
fn made_of(
    records: &BTreeSet<Whole>,
    (id, end): (u64, u64),
    target: &[u8],
    points: u32,
    lines: &[u8],
) -> bool {
    if id == end {
        return points == 0 && lines.is_empty();
    }
    let of_id = records.range((id, 0, Vec::new(), Vec::new())..(id + 1, 0, Vec::new(), Vec::new()));
    of_id.filter(|record| record.2 == target).any(|record| {
        let rest = lines.strip_prefix(&record.3[..]).zip(points.checked_sub(record.1));
        rest.is_some_and(|(lines, points)| made_of(records, (id + 1, end), target, points, lines))
    })
}

/// What waits: target and lines by id.
type Waiting = BTreeMap<u64, (Vec<u8>, Vec<u8>)>;

fn contents(spool: &mut Spool<Files>) -> Waiting {
    let runs: Vec<_> = spool.records().collect();
    let read = |run: Descriptor| {
        let record = spool.read(run.id).expect("what waits can be read");
        assert_eq!((record.points, record.lines.len() as u64), (run.points, run.bytes));
        assert_eq!(record.target, run.target);
        (run.id.0, (record.target.to_vec(), record.lines.to_vec()))
    };
    runs.into_iter().map(read).collect()
}

/// Targets and lines in order, however they are cut into runs.
fn in_order(waiting: &Waiting) -> Vec<(&[u8], Vec<u8>)> {
    let mut all: Vec<(&[u8], Vec<u8>)> = Vec::new();
    for (target, lines) in waiting.values().filter(|(_, lines)| !lines.is_empty()) {
        match all.last_mut() {
            Some((known, before)) if known == target => before.extend_from_slice(lines),
            _ => all.push((target, lines.clone())),
        }
    }
    all
}

/// Takes what was dropped out of what waits.
fn note_dropped(spool: &mut Spool<Files>, waiting: &mut Waiting) {
    for dropped in spool.take_dropped() {
        assert_eq!(dropped.reason, DropReason::Full, "nothing changes while the spool is open");
        let (_, lines) = waiting.remove(&dropped.record.id.0).expect("what waited is dropped");
        assert_eq!(dropped.lines.as_deref(), Some(&lines[..]));
    }
}

/// Whatever the files hold, opening ends without a panic; what waits then are records whose CRCs fit; and the spool can be
/// used from there without losing any of them.
pub fn check(bytes: &[u8]) {
    let Some(input) = Input::new(bytes) else { return };
    let records = whole(&input.files);
    let Some((mut spool, found, lost)) = input.open() else { return };
    assert_eq!(spool.records().collect::<Vec<_>>(), found);
    assert!(lost <= bytes.len() / HEADER);
    let mut waiting = contents(&mut spool);
    for run in &found {
        let ids = (run.id.0, run.id.0 + u64::from(run.records));
        let lines = &waiting[&run.id.0].1;
        assert!(made_of(&records, ids, &run.target, run.points, lines), "{run:?}: {lines:?}");
    }
    drop(spool);

    let (mut spool, again, lost) = input.open().expect("it was opened before");
    assert_eq!(lost, 0, "told once");
    assert_eq!(again, found);
    let mut join = None;
    for (place, id) in again.iter().map(|run| run.id).enumerate() {
        let lines = format!("m f={place}\n");
        let append = Append { target: b"t", points: 1, lines: lines.as_bytes(), join, behind: place % 2 > 0 };
        match spool.append(append, Instant::now()) {
            Ok(run) => {
                let (_, known) = waiting.entry(run.0).or_insert_with(|| (b"t".to_vec(), Vec::new()));
                known.extend_from_slice(lines.as_bytes());
                join = Some(run);
            }
            Err(SpoolError::Full { .. }) => assert_eq!(input.when_full, SpoolFull::Refuse),
            Err(SpoolError::Exhausted { .. }) => {}
            Err(error) => panic!("{error}"),
        }
        note_dropped(&mut spool, &mut waiting);
        if input.acknowledged.rotate_right(place as u32) & 1 > 0 {
            waiting.remove(&id.0);
            spool.acknowledge(&[id]).expect("the files take it");
        }
    }
    spool.sync().expect("the files take it");
    note_dropped(&mut spool, &mut waiting);
    assert_eq!(contents(&mut spool), waiting);
    drop(spool);

    let (mut spool, _, lost) = input.open().expect("it was opened before");
    assert_eq!(lost, 0, "told once");
    assert_eq!(in_order(&contents(&mut spool)), in_order(&waiting));
}
