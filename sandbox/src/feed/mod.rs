//! Files of indicators, read one record at a time: TSV (also packed with zstd), STIX 2.1 bundles, plain lists.
//!
//! The format is told by the content, not by the name. A line that cannot be read is an item of its own
//! ([`BadLine`]): whoever imports counts it and goes on.

mod pattern;
mod plain;
mod stix;
mod tsv;

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ruzstd::decoding::StreamingDecoder;

use crate::Error;
use crate::record::Record;

/// A line that gave no record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadLine {
    /// Its number, from 1.
    pub line: u64,
    /// Why, in a few words.
    pub reason: String,
}

/// What a feed yields.
pub type Item = Result<Record, BadLine>;

/// An open feed: an iterator over its records.
pub struct Feed {
    items: Box<dyn Iterator<Item = Item>>,
    done: Arc<AtomicU64>,
    /// Size of the file, in bytes, as it lies on the disk.
    pub length: u64,
}

impl Feed {
    /// Opens a file and finds out its format. Records name the file (without its endings) as their source.
    pub fn open(path: &Path) -> Result<Feed, Error> {
        let file = File::open(path).map_err(Error::at(path))?;
        let length = file.metadata().map_err(Error::at(path))?.len();
        let done = Arc::new(AtomicU64::new(0));
        let counted = BufReader::new(Counted { file, done: Arc::clone(&done) });
        let text = unpack(counted).map_err(Error::at(path))?;
        let items = read_as_told_by_content(text, &source_name(path)).map_err(Error::at(path))?;
        Ok(Feed { items, done, length })
    }

    /// How many bytes of the file have been read.
    pub fn done(&self) -> u64 {
        self.done.load(Ordering::Relaxed)
    }
}

impl Iterator for Feed {
    type Item = Item;

    fn next(&mut self) -> Option<Item> {
        self.items.next()
    }
}

/// Counts what is read, for the progress bar.
struct Counted {
    file: File,
    done: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.file.read(buffer)?;
        self.done.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

/// The text itself, or the text inside a zstd frame.
fn unpack(mut input: BufReader<Counted>) -> std::io::Result<Box<dyn BufRead>> {
    const ZSTD_MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
    if !input.fill_buf()?.starts_with(&ZSTD_MAGIC) {
        return Ok(Box::new(input));
    }
    let decoder = StreamingDecoder::new(input).map_err(std::io::Error::other)?;
    Ok(Box::new(BufReader::with_capacity(1 << 17, decoder)))
}

fn read_as_told_by_content(
    mut text: Box<dyn BufRead>,
    source: &str,
) -> std::io::Result<Box<dyn Iterator<Item = Item>>> {
    let start = text.fill_buf()?.trim_ascii_start();
    if start.starts_with(b"{") {
        return Ok(Box::new(stix::read(text, source)?));
    }
    let first_line = start.split(|byte| *byte == b'\n').next().unwrap_or_default();
    if let Some(columns) = tsv::Columns::in_header(first_line) {
        return Ok(Box::new(tsv::read(text, columns, source)));
    }
    Ok(Box::new(plain::read(text, source)))
}

/// `maltrail` for `/data/maltrail.tsv.zst`.
fn source_name(path: &Path) -> String {
    let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    name.split('.').find(|part| !part.is_empty()).unwrap_or("import").to_owned()
}

/// Lines with their numbers, as text. Bytes that are not UTF-8 make a [`BadLine`]; a read error, too, and ends it.
struct Lines {
    input: Box<dyn BufRead>,
    number: u64,
    buffer: Vec<u8>,
    ended: bool,
}

impl Lines {
    fn new(input: Box<dyn BufRead>) -> Lines {
        Lines { input, number: 0, buffer: Vec::new(), ended: false }
    }

    /// Hands the next line to `read`, without its end; `None` at the end of the file.
    fn next_with<T>(&mut self, read: impl FnOnce(&str) -> Result<T, String>) -> Option<Result<T, BadLine>> {
        if self.ended {
            return None;
        }
        self.number += 1;
        self.buffer.clear();
        let outcome = match self.input.read_until(b'\n', &mut self.buffer) {
            Ok(0) => return None,
            Ok(_) => std::str::from_utf8(&self.buffer)
                .map_err(|_| "not UTF-8".to_owned())
                .and_then(|line| read(line.trim_end_matches(['\n', '\r']))),
            Err(error) => {
                self.ended = true;
                Err(format!("cannot be read: {error}"))
            }
        };
        Some(outcome.map_err(|reason| BadLine { line: self.number, reason }))
    }
}
