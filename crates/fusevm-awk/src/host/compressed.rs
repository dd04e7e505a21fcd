//! Compressed input, which is known by its first bytes: gzip and zstd.

use flate2::read::MultiGzDecoder;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::os::unix::fs::FileExt;

/// Enough bytes to know each format by.
const LONGEST: usize = 4;

/// The first bytes of a format, and what reads it.
type Format = (&'static [u8], fn(Input) -> Box<dyn Read + Send>);

/// The input from its first byte on.
type Input = io::Chain<Cursor<Vec<u8>>, File>;

const FORMATS: &[Format] = &[
    // With the only method that gzip has, so that fewer other files begin alike.
    (b"\x1f\x8b\x08", |input| Box::new(MultiGzDecoder::new(input))),
    (b"\x28\xb5\x2f\xfd", |input| Box::new(Zstd::new(input))),
];

/// What the first read of an input gives.
pub(super) enum First {
    /// So many bytes of an input that is not compressed.
    Plain(usize),
    /// A reader of what was compressed.
    Compressed(Box<dyn Read + Send>),
}

/// Reads for the first time. `read` reads from the file with whatever limits there are.
///
/// # Errors
/// Reading fails.
pub(super) fn first_read(
    file: &File,
    buffer: &mut [u8],
    mut read: impl FnMut(&mut [u8]) -> io::Result<usize>,
) -> io::Result<First> {
    let mut count = read(buffer)?;
    // A pipe may give less than it takes to tell.
    while count > 0 && count < LONGEST.min(buffer.len()) && begins_format(&buffer[..count]) {
        match read(&mut buffer[count..])? {
            0 => break,
            more => count += more,
        }
    }
    let Some((_, open)) = FORMATS.iter().find(|(magic, _)| buffer[..count].starts_with(magic)) else {
        return Ok(First::Plain(count));
    };
    let input = Cursor::new(buffer[..count].to_vec()).chain(file.try_clone()?);
    Ok(First::Compressed(open(input)))
}

/// Whether a regular file is in a format from a place on, as far as can be told.
pub(super) fn is_compressed(file: &File, place: u64) -> bool {
    let mut first = [0; LONGEST];
    // A file that cannot be read tells why when it is.
    let count = file.read_at(&mut first, place).unwrap_or(0);
    begins_format(&first[..count]) || FORMATS.iter().any(|(magic, _)| first[..count].starts_with(magic))
}

/// Whether a format may begin so.
fn begins_format(bytes: &[u8]) -> bool {
    FORMATS.iter().any(|(magic, _)| magic.starts_with(bytes))
}

/// The content of zstd frames, one after the other.
struct Zstd {
    input: BufReader<Input>,
    decoder: FrameDecoder,
    /// Whether a frame is being read.
    in_frame: bool,
}

impl Zstd {
    fn new(input: Input) -> Zstd {
        Zstd { input: BufReader::new(input), decoder: FrameDecoder::new(), in_frame: false }
    }

    /// Begins the next frame with content; false at the end.
    fn next_frame(&mut self) -> io::Result<bool> {
        while !self.input.fill_buf()?.is_empty() {
            match self.decoder.reset(&mut self.input) {
                Ok(()) => return Ok(true),
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                    length,
                    ..
                })) => {
                    io::copy(&mut (&mut self.input).take(length.into()), &mut io::sink())?;
                }
                Err(error) => return Err(damaged(error)),
            }
        }
        Ok(false)
    }

    fn check_sum(&self) -> io::Result<()> {
        match (self.decoder.get_checksum_from_data(), self.decoder.get_calculated_checksum()) {
            (Some(expected), Some(sum)) if expected != sum => Err(damaged("the checksum is wrong")),
            _ => Ok(()),
        }
    }
}

fn damaged(error: impl std::fmt::Display) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("damaged zstd data: {error}"))
}

impl Read for Zstd {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if !self.in_frame {
                if !self.next_frame()? {
                    return Ok(0);
                }
                self.in_frame = true;
            }
            if !self.decoder.is_finished() {
                let strategy = BlockDecodingStrategy::UptoBytes(buffer.len());
                self.decoder.decode_blocks(&mut self.input, strategy).map_err(damaged)?;
            }
            let count = self.decoder.read(buffer)?;
            if self.decoder.is_finished() && self.decoder.can_collect() == 0 {
                self.check_sum()?;
                self.in_frame = false;
            }
            if count > 0 || buffer.is_empty() {
                return Ok(count);
            }
        }
    }
}
