//! On real files.

use std::env;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use tempfile::tempdir;

use super::drive::{contents, opened};
use crate::spool::error::SpoolError;
use crate::spool::fs::RealFs;
use crate::spool::recover::Recovered;
use crate::spool::segment;
use crate::spool::settings::SpoolSettings;
use crate::spool::waiting::{Append, RecordId};
use crate::spool::wal::Spool;

fn open(folder: &Path) -> Result<(Spool<RealFs>, Recovered), SpoolError> {
    let settings = SpoolSettings::new(folder).max_bytes(1 << 20).segment_bytes(2000);
    opened(RealFs::new(settings.folder()), &settings)
}

#[test]
fn can_be_used_from_another_thread() {
    fn check<T: Send + 'static>() {}
    check::<Spool<RealFs>>();
    check::<SpoolError>();
}

#[test]
fn records_are_there_after_a_restart() {
    let folder = tempdir().unwrap();
    let folder = folder.path().join("made/when/missing");
    let (mut spool, recovered) = open(&folder).unwrap();
    assert_eq!(recovered, Recovered::default());
    let ids: Vec<RecordId> = (0..100u32)
        .map(|n| {
            spool.append(Append::new(b"market", n, format!("m f={n}").as_bytes()), Instant::now()).unwrap()
        })
        .collect();
    spool.acknowledge(&ids[..90]).unwrap();
    drop(spool);
    let (mut spool, recovered) = open(&folder).unwrap();
    assert_eq!((recovered.lost.len(), recovered.damaged_bytes), (0, 0));
    assert!(recovered.records.iter().all(|record| *record.target == *b"market"));
    assert_eq!(recovered.records.iter().map(|record| record.points).sum::<u32>(), (90..100).sum::<u32>());
    let lines = (90..100).map(|n| format!("m f={n}").into_bytes());
    assert_eq!(contents(&mut spool), ids[90..].iter().copied().zip(lines).collect());
    assert!(!folder.join(segment::name(1)).exists(), "segments without waiting records are gone");
}

#[test]
fn a_second_writer_gets_an_error_that_names_the_folder() {
    let folder = tempdir().unwrap();
    let first = open(folder.path()).unwrap();
    let error = open(folder.path()).unwrap_err();
    assert!(matches!(error, SpoolError::Locked { .. }));
    assert!(error.to_string().contains(folder.path().to_str().unwrap()), "{error}");
    drop(first);
    open(folder.path()).unwrap();
}

#[test]
fn a_folder_that_cannot_be_made_is_an_error_that_names_it() {
    let folder = tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "x").unwrap();
    let error = open(&file.join("spool")).unwrap_err();
    assert!(matches!(error, SpoolError::Io { .. }));
    assert!(error.to_string().starts_with("cannot lock "), "{error}");
    assert!(std::error::Error::source(&error).is_some());
}

#[test]
fn folders_and_damage_among_the_files_do_no_harm() {
    let folder = tempdir().unwrap();
    let (mut spool, _) = open(folder.path()).unwrap();
    let id = spool.append(Append::new(b"t", 1, b"kept"), Instant::now()).unwrap();
    drop(spool);
    std::fs::create_dir(folder.path().join(segment::name(7))).unwrap();
    std::fs::write(folder.path().join(segment::name(5)), [7; 100_000]).unwrap();
    let (mut spool, recovered) = open(folder.path()).unwrap();
    assert_eq!(recovered.damaged_bytes, 100_000);
    assert_eq!(spool.read(id).unwrap().lines, "kept");
    // the number that the folder has taken is passed over
    for _ in 0..3 {
        drop(spool.append(Append::new(b"t", 1, &[b'x'; 1500]), Instant::now()));
    }
    assert!(spool.append(Append::new(b"t", 1, b"more"), Instant::now()).is_ok());
}

const CHILD: &str = "INFLUX_SPOOL_TEST_FOLDER";

/// Runs itself as a child that appends until it is killed.
#[test]
fn a_killed_process_loses_nothing() {
    if let Ok(folder) = env::var(CHILD) {
        append_for_ever(Path::new(&folder));
    }
    let folder = tempdir().unwrap();
    let mut expected = Vec::new();
    for round in 1..=5 {
        let mut child = Command::new(env::current_exe().unwrap())
            .args(["--exact", "spool::tests::real::a_killed_process_loses_nothing", "--nocapture"])
            .env(CHILD, folder.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let done =
            lines.map(|line| line.unwrap()).filter_map(|line| line.strip_prefix("done ").map(str::to_owned));
        let told: Vec<u64> = done.take(round * 20).map(|id| id.parse().unwrap()).collect();
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(told.len(), round * 20, "the child appended");
        expected.extend(told);
        let (mut spool, _) = open(folder.path()).unwrap();
        let found = contents(&mut spool);
        assert!(expected.iter().all(|id| found.contains_key(&RecordId(*id))), "{expected:?} {found:?}");
        assert!(found.iter().all(|(id, lines)| *lines == lines_of(*id).into_bytes()), "{found:?}");
    }
}

fn lines_of(id: RecordId) -> String {
    format!("m f={id} {}", "x".repeat(id.0 as usize % 50))
}

fn append_for_ever(folder: &Path) -> ! {
    let (mut spool, recovered) = open(folder).unwrap();
    let mut next = recovered.records.last().map_or(0, |run| run.id.0 + u64::from(run.records) - 1);
    let mut join = None;
    loop {
        next += 1;
        let lines = lines_of(RecordId(next));
        let append = Append { join, ..Append::new(b"t", 1, lines.as_bytes()) };
        let run = spool.append(append, Instant::now()).unwrap();
        assert!(run.0 == next || Some(run) == join);
        join = Some(run).filter(|_| next % 7 > 0);
        let mut out = std::io::stdout().lock();
        writeln!(out, "\ndone {next}").unwrap();
        out.flush().unwrap();
    }
}

#[test]
fn each_policy_works_on_real_files() {
    for fsync in super::drive::POLICIES {
        let folder = tempdir().unwrap();
        let settings = SpoolSettings::new(folder.path()).max_bytes(20_000).segment_bytes(1000).fsync(fsync);
        let (mut spool, _) = opened(RealFs::new(folder.path()), &settings).unwrap();
        for n in 0..200u32 {
            let id = spool.append(Append::new(b"t", n, &[b'x'; 100]), Instant::now()).unwrap();
            spool.sync().unwrap();
            if n % 20 != 0 {
                spool.acknowledge(&[id]).unwrap();
            }
        }
        assert_eq!(spool.pending().records, 10);
        let on_disk: u64 = std::fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().metadata().unwrap().len())
            .sum();
        assert_eq!(spool.disk_bytes(), on_disk);
        assert!(on_disk <= 20_000);
    }
}
