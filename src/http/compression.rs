//! Content codings: br, gzip and zstd, for responses and for request bodies (RFC 9110, section 8.4). In: a response, or a body
//! and its coding. Out: the compressed response, or the decompressed body.

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

/// Bytes of the smallest response that is compressed: a smaller one fits a packet or two.
const MIN_BYTES: u16 = 1_024;
/// Compression level, on each coding's own scale.
const LEVEL: CompressionLevel = CompressionLevel::Precise(4);
/// The largest window of a zstd frame is 2^23 bytes, as RFC 8878, section 3.1.1.1.2, recommends.
const ZSTD_WINDOW_LOG: u32 = 23;
/// Buffer size of the decompressor, in bytes.
const BUFFER: usize = 16 * 1024;

/// Compresses responses for clients that accept a coding. Streams of events are not compressed, which would delay events.
pub(super) fn layer() -> CompressionLayer<impl Predicate> {
    CompressionLayer::new()
        .quality(LEVEL)
        .compress_when(SizeAbove::new(MIN_BYTES).and(NotForContentType::SSE).and(NotForContentType::new("multipart/")))
}

/// The coding of a request's body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coding {
    /// Brotli, RFC 7932.
    Brotli,
    /// gzip, RFC 1952.
    Gzip,
    /// Zstandard, RFC 8878.
    Zstd,
}

impl Coding {
    /// The coding of the body; `None` for an unencoded body.
    ///
    /// # Errors
    /// The coding is not supported, or there are several.
    pub(super) fn of(headers: &HeaderMap) -> Result<Option<Self>, Failure> {
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

    /// The decompressed body. Decompression stops at the limit.
    ///
    /// # Errors
    /// The decompressed body exceeds the limit, or the body is malformed.
    pub(super) fn decompress(self, body: &[u8], limit: usize) -> Result<Vec<u8>, Failure> {
        let mut decompressed = Vec::new();
        let read = match self {
            Self::Brotli => read_to(brotli::Decompressor::new(body, BUFFER), limit, &mut decompressed),
            Self::Gzip => read_to(flate2::read::MultiGzDecoder::new(body), limit, &mut decompressed),
            Self::Zstd => zstd_reader(body).and_then(|reader| read_to(reader, limit, &mut decompressed)),
        };
        match read {
            Ok(()) if decompressed.len() <= limit => Ok(decompressed),
            Ok(()) => Err(Failure::PayloadTooLarge(limit)),
            Err(_) => Err(Failure::BadRequest("the body does not conform to its content encoding".into())),
        }
    }
}

/// Reads one byte more than the limit, which shows that the limit is exceeded.
fn read_to(reader: impl Read, limit: usize, decompressed: &mut Vec<u8>) -> io::Result<()> {
    reader.take(limit as u64 + 1).read_to_end(decompressed).map(drop)
}

fn zstd_reader(body: &[u8]) -> io::Result<impl Read> {
    let mut reader = zstd::Decoder::with_buffer(body)?;
    reader.window_log_max(ZSTD_WINDOW_LOG)?;
    Ok(reader)
}
