//! Bytes of a text file, unpacked on the way where it is compressed by gzip.

use flate2::read::MultiGzDecoder;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

/// What a file compressed by gzip begins with.
pub(crate) const GZIP: [u8; 2] = [0x1f, 0x8b];
/// Bytes that any file may unpack to.
const LARGE: u64 = 64 << 20;
/// Beyond, tables pack to a tenth or a fiftieth; what packs better than this is nothing but repetition.
const MOST_RATIO: u64 = 400;

/// A text file that is read from its beginning.
pub(super) enum TextFile {
    /// As it stands.
    Plain(File),
    /// Compressed, with the bytes that it may still unpack to.
    Gzip(Box<MultiGzDecoder<BufReader<File>>>, u64),
}

impl TextFile {
    /// Opens a file; its first bytes say whether it is compressed.
    ///
    /// # Errors
    /// If it cannot be read.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let mut head = Vec::new();
        File::open(path)?.take(2).read_to_end(&mut head)?;
        let file = File::open(path)?;
        if head != GZIP {
            return Ok(Self::Plain(file));
        }
        let most = LARGE.max(file.metadata()?.len().saturating_mul(MOST_RATIO));
        Ok(Self::Gzip(Box::new(MultiGzDecoder::new(BufReader::new(file))), most))
    }
}

impl Read for TextFile {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(file) => file.read(to),
            Self::Gzip(unpacked, left) => {
                let n = unpacked.read(to)?;
                *left = left.checked_sub(n as u64).ok_or_else(|| {
                    io::Error::other("it unpacks to more than 400 times its size, which no table does")
                })?;
                Ok(n)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use std::io::Write;

    fn packed(bytes: &mut dyn Iterator<Item = Vec<u8>>) -> tempfile::NamedTempFile {
        let mut to = GzEncoder::new(tempfile::NamedTempFile::new().expect("a file"), Compression::best());
        for part in bytes {
            to.write_all(&part).expect("written");
        }
        to.finish().expect("written")
    }

    #[test]
    fn a_compressed_file_reads_as_the_text_in_it() {
        let file = packed(&mut std::iter::once(b"time,count\n2025-03-03 00:00,4\n".to_vec()));
        let mut text = String::new();
        TextFile::open(file.path()).expect("opens").read_to_string(&mut text).expect("text");
        assert_eq!(text, "time,count\n2025-03-03 00:00,4\n");
    }

    #[test]
    fn nothing_but_repetition_is_refused() {
        let file = packed(&mut (0..80).map(|_| vec![b'0'; 1 << 20]));
        let mut source = TextFile::open(file.path()).expect("opens");
        let error = io::copy(&mut source, &mut io::sink()).expect_err("too much");
        assert!(error.to_string().contains("400 times"), "{error}");
    }
}
