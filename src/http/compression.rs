//! Content codings: br, gzip and zstd, for answers and for bodies of requests (RFC 9110, section 8.4). In: an answer that
//! is worth it and a client that takes it; or a body and its coding. Out: the same in fewer bytes; or what it unpacks to.

use std::io::{self, Read};

use contract::headers::only;
use http::{HeaderMap, header::CONTENT_ENCODING};
use tower_http::{
    CompressionLevel,
    compression::{
        CompressionLayer, Predicate,
        predicate::{NotForContentType, SizeAbove},
    },
};

use super::failure::Failure;

/// Smaller answers fit a packet or two as they are, in bytes.
const WORTH_IT: u16 = 1_024;
/// Of the codings' own scales: where they are still fast.
const LEVEL: CompressionLevel = CompressionLevel::Precise(4);
/// A zstd frame may ask for a window of 2^23 bytes at most: RFC 8878, section 3.1.1.1.2, recommends to support as much.
const ZSTD_WINDOW_LOG: u32 = 23;
/// What is unpacked at a time, in bytes.
const BUFFER: usize = 16 * 1024;

/// Compresses answers for clients that take it; never a stream of events, which would be held back.
pub fn layer() -> CompressionLayer<impl Predicate> {
    CompressionLayer::new().quality(LEVEL).compress_when(SizeAbove::new(WORTH_IT).and(NotForContentType::SSE))
}

/// The coding of a request's body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coding {
    /// Brotli, RFC 7932.
    Brotli,
    /// gzip, RFC 1952.
    Gzip,
    /// Zstandard, RFC 8878.
    Zstd,
}

impl Coding {
    /// The one coding that the headers name; `None` for a body as it is.
    ///
    /// # Errors
    /// It is none of ours, or there are several.
    pub fn of(headers: &HeaderMap) -> Result<Option<Self>, Failure> {
        let coding = only(headers, CONTENT_ENCODING.as_str()).map_err(|_| Failure::UnsupportedCoding)?;
        let Some(coding) = coding else { return Ok(None) };
        match coding.to_str().map(str::trim).map(str::to_ascii_lowercase).as_deref() {
            Ok("identity") => Ok(None),
            Ok("br") => Ok(Some(Self::Brotli)),
            Ok("gzip" | "x-gzip") => Ok(Some(Self::Gzip)),
            Ok("zstd") => Ok(Some(Self::Zstd)),
            _ => Err(Failure::UnsupportedCoding),
        }
    }

    /// What a body unpacks to, if that is at most `limit` bytes; not a byte more is ever unpacked.
    ///
    /// # Errors
    /// It is more, or the body is broken.
    pub fn unpack(self, body: &[u8], limit: usize) -> Result<Vec<u8>, Failure> {
        let mut unpacked = Vec::new();
        let read = match self {
            Self::Brotli => read_to(brotli::Decompressor::new(body, BUFFER), limit, &mut unpacked),
            Self::Gzip => read_to(flate2::read::MultiGzDecoder::new(body), limit, &mut unpacked),
            Self::Zstd => zstd_reader(body).and_then(|reader| read_to(reader, limit, &mut unpacked)),
        };
        match read {
            Ok(()) if unpacked.len() <= limit => Ok(unpacked),
            Ok(()) => Err(Failure::PayloadTooLarge(limit)),
            Err(_) => Err(Failure::BadRequest("the body cannot be unpacked as its content-encoding says".into())),
        }
    }
}

/// One byte more than the limit shows that there is more.
fn read_to(reader: impl Read, limit: usize, unpacked: &mut Vec<u8>) -> io::Result<()> {
    reader.take(limit as u64 + 1).read_to_end(unpacked).map(drop)
}

fn zstd_reader(body: &[u8]) -> io::Result<impl Read> {
    let mut reader = zstd::Decoder::with_buffer(body)?;
    reader.window_log_max(ZSTD_WINDOW_LOG)?;
    Ok(reader)
}
