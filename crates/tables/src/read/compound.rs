//! Old workbooks (xls) before anything in them is used: what their header says of its own sizes may be false.

use crate::problem::{Problem, TablePlace};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

/// Most bytes of an old workbook, which is held as a whole: 65,536 rows of 256 columns are below it.
const MOST: u64 = 512 << 20;
/// Bytes of the header.
const HEADER: usize = 512;
/// Numbers of sectors from here on are marks: free, end of a chain, table.
const MARKS: u32 = 0xffff_fffa;

/// Looks at the header, the table of sectors and the directory (MS-CFB, sections 2.2 to 2.6): sectors of a size that there is, in the file, and
/// in chains that end; streams no longer than the file;
/// cells in columns that there are.
pub(super) fn inspect(path: &Path, name: &str) -> Result<(), Problem> {
    let place = || TablePlace::sheet(name, None);
    let damaged = |what: &str| {
        Problem::new(place(), format!("the workbook cannot be read: {what}"))
            .help("open it and save it again as xlsx")
    };
    let broken = |e: std::io::Error| damaged(&e.to_string());
    let mut file = File::open(path).map_err(broken)?;
    let size = file.metadata().map_err(broken)?.len();
    if size > MOST {
        return Err(Problem::new(place(), format!("an old workbook of {} MB, which none is", size >> 20))
            .help("save the sheet that is meant as CSV"));
    }
    let mut header = [0; HEADER];
    file.read_exact(&mut header).map_err(|_| damaged("its header is cut off"))?;
    let (version, shift) = (short(&header, 26), short(&header, 30));
    if !matches!((version, shift), (3, 9) | (4, 12)) || short(&header, 32) != 6 {
        return Err(damaged("its header names sectors of a size that there is not"));
    }
    let sector = 1_u64 << shift;
    // The header takes the room of a sector.
    let sectors = u32::try_from(size.div_ceil(sector).saturating_sub(1)).unwrap_or(0);
    let inside = |s: u32| s < sectors;
    let mut read = |s: u32| -> Result<Vec<u8>, Problem> {
        let mut bytes = vec![0; sector as usize];
        file.seek(SeekFrom::Start((u64::from(s) + 1) * sector)).map_err(broken)?;
        let mut filled = 0;
        while filled < bytes.len() {
            match file.read(&mut bytes[filled..]).map_err(broken)? {
                0 => break,
                n => filled += n,
            }
        }
        // The last sector may be cut short only where nobody reads on; what is missing is free.
        bytes.truncate(filled);
        Ok(bytes)
    };
    let table =
        table(&header, sectors, &mut read)?.ok_or_else(|| damaged("its table of sectors lies outside it"))?;
    let chain =
        |first: u32| chain(&table, first, inside).ok_or_else(|| damaged("a chain of its sectors never ends"));
    let mut directory = Vec::new();
    for s in chain(long(&header, 48))? {
        directory.extend(read(s)?);
    }
    let mut small = Vec::new();
    for s in chain(long(&header, 60))? {
        small.extend(numbers(&read(s)?));
    }
    let mut whole = |first: u32| -> Result<Vec<u8>, Problem> {
        let mut bytes = Vec::new();
        for s in chain(first)? {
            bytes.extend(read(s)?);
        }
        Ok(bytes)
    };
    let mut within = Vec::new();
    for (i, entry) in directory.as_chunks::<128>().0.iter().enumerate() {
        let (kind, first) = (entry[66], long(entry, 116));
        let length = u64::from(long(entry, 120)) | (u64::from(long(entry, 124)) << 32);
        // Of version 3 the upper half of a length may be anything.
        let length = if version == 3 { length & 0xffff_ffff } else { length };
        if short(entry, 64) > 64 || (matches!(kind, 2 | 5) && length > size) {
            return Err(damaged("a part of it is longer than the file"));
        }
        // Short streams lie in the stream of the first entry.
        let own = kind == 5 && i == 0 || kind == 2 && length >= 4096;
        if own && length > 0 && (chain(first)?.len() as u64) * sector < length {
            return Err(damaged("a part of it is cut off"));
        }
        if kind == 5 && i == 0 {
            within = whole(first)?;
        }
        let name: String = entry[..64]
            .as_chunks::<2>()
            .0
            .iter()
            .map(|c| char::from(c[0]))
            .take_while(|c| *c != '\0')
            .collect();
        if kind == 2 && ["workbook", "book"].contains(&name.to_ascii_lowercase().as_str()) {
            let stream = if own { whole(first)? } else { of_small(&within, &small, first) };
            if !cells_within(&stream) {
                return Err(damaged("its cells lie beyond its last column"));
            }
        }
    }
    Ok(())
}

fn numbers(bytes: &[u8]) -> impl Iterator<Item = u32> {
    bytes.as_chunks::<4>().0.iter().map(|b| u32::from_le_bytes(*b))
}

/// A short stream: sectors of 64 bytes within the stream of the first entry.
fn of_small(within: &[u8], table: &[u32], first: u32) -> Vec<u8> {
    let sectors = within.as_chunks::<64>().0;
    let inside = |s: u32| (s as usize) < sectors.len();
    let at = chain(table, first, inside).unwrap_or_default();
    at.into_iter().flat_map(|s| sectors[s as usize]).collect()
}

/// Whether all cells lie in the 256 columns that an old workbook has (MS-XLS, section 2.1.4: records of a number and a length). Its
/// reader makes room for all cells between the first and the last.
fn cells_within(stream: &[u8]) -> bool {
    let mut rest = stream;
    while rest.len() >= 4 {
        let (kind, length) = (short(rest, 0), usize::from(short(rest, 2)));
        let data = &rest[4..rest.len().min(4 + length)];
        rest = &rest[rest.len().min(4 + length)..];
        let columns = match kind {
            0x0006 | 0x00d6 | 0x00fd | 0x0203 | 0x0204 | 0x0205 | 0x027e if data.len() >= 4 => short(data, 2),
            0x00bd if data.len() >= 6 => short(data, 2).max(short(data, data.len() - 2)),
            // The extent that a sheet says it has: first and last row in four bytes each, or in two.
            0x0200 if data.len() >= 12 => {
                if long(data, 4) > 65_536 || long(data, 0) > long(data, 4) || short(data, 8) > short(data, 10)
                {
                    return false;
                }
                short(data, 10).saturating_sub(1)
            }
            0x0200 if data.len() >= 8 => {
                if short(data, 0) > short(data, 2) || short(data, 4) > short(data, 6) {
                    return false;
                }
                short(data, 6).saturating_sub(1)
            }
            _ => 0,
        };
        if columns >= 256 {
            return false;
        }
    }
    true
}

fn short(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

fn long(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

/// The number after each sector in its chain; `None` where the table lies outside the file.
fn table(
    header: &[u8],
    sectors: u32,
    read: &mut dyn FnMut(u32) -> Result<Vec<u8>, Problem>,
) -> Result<Option<Vec<u32>>, Problem> {
    let wanted = long(header, 44);
    let mut at: Vec<u32> = self::numbers(&header[76..]).collect();
    let (mut next, mut left) = (long(header, 68), long(header, 72));
    while left > 0 && next < MARKS {
        if next >= sectors || left > sectors {
            return Ok(None);
        }
        let bytes = read(next)?;
        let mut numbers: Vec<u32> = self::numbers(&bytes).collect();
        next = numbers.pop().unwrap_or(MARKS);
        at.extend(numbers);
        left -= 1;
    }
    at.retain(|s| *s < MARKS);
    if wanted > sectors || at.len() != wanted as usize || at.iter().any(|s| *s >= sectors) {
        return Ok(None);
    }
    let mut out = Vec::new();
    for s in at {
        out.extend(self::numbers(&read(s)?));
    }
    Ok(Some(out))
}

/// The sectors of a chain; `None` where it leaves the file or never ends.
fn chain(table: &[u32], first: u32, inside: impl Fn(u32) -> bool) -> Option<Vec<u32>> {
    let mut out = Vec::new();
    let mut s = first;
    while s < MARKS {
        if !inside(s) || out.len() > table.len() {
            return None;
        }
        out.push(s);
        s = *table.get(s as usize)?;
    }
    Some(out)
}
