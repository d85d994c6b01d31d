//! Records: one finished replication as bytes of a shard file, of one length and with a checksum; and the line at the
//! head of the file, which names the form and the hash of the plan.

use poolwise_study::measures::Value;
use sha2::{Digest, Sha256};

const MAGIC: &str = "poolwise shard 1";
const CHECK: usize = 8;
/// Point, scenario, replication, requests.
const HEAD: usize = 4 + 2 + 4 + 8;
/// Tag, two numbers.
const VALUE: usize = 1 + 8 + 8;

/// What the records of a sweep look like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordForm {
    /// Hash of the plan.
    pub plan: String,
    /// Measures in a record.
    pub measures: usize,
}

/// One finished replication.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// First point of the case.
    pub point: u32,
    /// Position of the scenario in the sweep's list.
    pub scenario: u16,
    /// Replication, from 0.
    pub replication: u32,
    /// Requests that were simulated at this point.
    pub requests: u64,
    /// The kept measures; `None` for one that this scenario does not have.
    pub values: Vec<Option<Value>>,
}

fn checksum(bytes: &[u8]) -> [u8; CHECK] {
    let mut out = [0; CHECK];
    out.copy_from_slice(&Sha256::digest(bytes)[..CHECK]);
    out
}

fn hex(bytes: [u8; CHECK]) -> String {
    format!("{:016x}", u64::from_be_bytes(bytes))
}

impl RecordForm {
    /// The line at the head of a file.
    pub(super) fn header(&self) -> String {
        let line = format!("{MAGIC} {}", self.plan);
        format!("{line} {}\n", hex(checksum(line.as_bytes())))
    }

    /// Length of a record.
    pub(super) fn length(&self) -> usize {
        HEAD + self.measures * VALUE + CHECK
    }

    /// A record's bytes.
    pub(super) fn encode(&self, record: &Record) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.length());
        out.extend_from_slice(&record.point.to_le_bytes());
        out.extend_from_slice(&record.scenario.to_le_bytes());
        out.extend_from_slice(&record.replication.to_le_bytes());
        out.extend_from_slice(&record.requests.to_le_bytes());
        for value in &record.values {
            let (tag, a, b) = match *value {
                None => (0_u8, 0.0, 0.0),
                Some(Value::Known(x)) => (1, x, 0.0),
                Some(Value::Plain(x)) => (2, x, 0.0),
                Some(Value::Ratio(n, d)) => (3, n, d),
            };
            out.push(tag);
            out.extend_from_slice(&a.to_bits().to_le_bytes());
            out.extend_from_slice(&b.to_bits().to_le_bytes());
        }
        let check = checksum(&out);
        out.extend_from_slice(&check);
        out
    }

    /// The record in these bytes, if its checksum fits.
    pub(super) fn decode(&self, bytes: &[u8]) -> Option<Record> {
        let (payload, check) = bytes.split_at_checked(bytes.len().checked_sub(CHECK)?)?;
        if bytes.len() != self.length() || checksum(payload) != check {
            return None;
        }
        let mut rest = payload;
        let mut take = |n: usize| {
            let (head, tail) = rest.split_at(n);
            rest = tail;
            head
        };
        let word = |b: &[u8]| b.iter().rev().fold(0_u64, |x, byte| x << 8 | u64::from(*byte));
        let point = word(take(4)) as u32;
        let scenario = word(take(2)) as u16;
        let replication = word(take(4)) as u32;
        let requests = word(take(8));
        let mut values = Vec::with_capacity(self.measures);
        for _ in 0..self.measures {
            let tag = take(1)[0];
            let (a, b) = (f64::from_bits(word(take(8))), f64::from_bits(word(take(8))));
            values.push(match tag {
                0 => None,
                1 => Some(Value::Known(a)),
                2 => Some(Value::Plain(a)),
                3 => Some(Value::Ratio(a, b)),
                _ => return None,
            });
        }
        Some(Record { point, scenario, replication, requests, values })
    }
}

/// Whether a line is the head of some sweep's shard file, whole and undamaged.
pub(super) fn is_header(line: &str) -> bool {
    line.trim_end()
        .rsplit_once(' ')
        .is_some_and(|(line, check)| line.starts_with(MAGIC) && check == hex(checksum(line.as_bytes())))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(crate) fn form() -> RecordForm {
        RecordForm { plan: "ab".repeat(32), measures: 4 }
    }

    pub(crate) fn record(replication: u32) -> Record {
        let values = vec![
            None,
            Some(Value::Known(-0.0)),
            Some(Value::Plain(f64::INFINITY)),
            Some(Value::Ratio(1e-300, 7.0)),
        ];
        Record { point: 70_000, scenario: 300, replication, requests: u64::MAX - 1, values }
    }

    #[test]
    fn records_come_back_as_they_were() {
        let bytes = form().encode(&record(4_000_000_000));
        assert_eq!(bytes.len(), form().length());
        assert_eq!(form().decode(&bytes), Some(record(4_000_000_000)));
        // Every single bit is guarded.
        for bit in 0..bytes.len() * 8 {
            let mut wrong = bytes.clone();
            wrong[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(form().decode(&wrong), None, "bit {bit}");
        }
        assert_eq!(form().decode(&bytes[1..]), None);
        assert_eq!(form().decode(&[]), None);
    }
}
