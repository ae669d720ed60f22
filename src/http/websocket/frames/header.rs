//! Headers of frames (RFC 6455, section 5.2), read byte by byte. In: bytes. Out: what frame it is; the header as it came, or that of
//! a piece of the frame.

use tokio::io::ReadBuf;

/// Bytes of the longest header.
const LONGEST: usize = 14;
const FINAL: u8 = 0x80;
const OPCODE: u8 = 0x0f;
const CONTROL: u8 = 0x08;
const MASKED: u8 = 0x80;
const LENGTH: u8 = 0x7f;

/// A header that comes, or is passed on.
pub(super) struct Header {
    bytes: [u8; LONGEST],
    length: usize,
    passed: usize,
}

/// A frame, by its header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Frame {
    pub(super) is_control: bool,
    pub(super) is_final: bool,
    /// Bytes of the payload that are not passed on yet.
    pub(super) length: u64,
    /// Whether it is passed on in pieces.
    pub(super) is_in_pieces: bool,
    pub(super) first: u8,
    pub(super) mask: Option<[u8; 4]>,
}

impl Header {
    pub(super) const EMPTY: Self = Self { bytes: [0; LONGEST], length: 0, passed: 0 };

    /// Its bytes.
    pub(super) const fn len(&self) -> usize {
        self.length
    }

    /// Adds a byte; the frame, when the header is whole.
    pub(super) fn read(&mut self, byte: u8) -> Option<Frame> {
        let place = self.bytes.get_mut(self.length)?;
        *place = byte;
        self.length += 1;
        let [first, second, ..] = self.bytes;
        let is_masked = second & MASKED != 0;
        let extended = match second & LENGTH {
            126 => 2,
            127 => 8,
            _ => 0,
        };
        let mask = if is_masked { 4 } else { 0 };
        if self.length < 2 + extended + mask {
            return None;
        }
        let digits = &self.bytes[2..2 + extended];
        let length = match extended {
            0 => u64::from(second & LENGTH),
            _ => digits.iter().fold(0, |length, digit| length << 8 | u64::from(*digit)),
        };
        let mask = is_masked.then(|| std::array::from_fn(|place| self.bytes[2 + extended + place]));
        let (is_control, is_final) = (first & CONTROL != 0, first & FINAL != 0);
        Some(Frame { is_control, is_final, length, is_in_pieces: false, first, mask })
    }

    /// Becomes the header of a piece of the frame, with that many bytes.
    pub(super) fn write_piece(&mut self, frame: &Frame, is_first: bool, bytes: u64) {
        *self = Self::EMPTY;
        let is_last = bytes == frame.length;
        let opcode = if is_first { frame.first & !FINAL } else { frame.first & !FINAL & !OPCODE };
        let last = if is_last { frame.first & FINAL } else { 0 };
        let length = u16::try_from(bytes).unwrap_or(u16::MAX).to_be_bytes();
        let masked = if frame.mask.is_some() { MASKED } else { 0 };
        let header = [opcode | last, masked | 126, length[0], length[1]];
        let header = header.into_iter().chain(frame.mask.into_iter().flatten());
        header.for_each(|byte| self.push(byte));
    }

    fn push(&mut self, byte: u8) {
        if let Some(place) = self.bytes.get_mut(self.length) {
            *place = byte;
            self.length += 1;
        }
    }

    /// Passes on what is left of it; whether there was something left.
    pub(super) fn pass(&mut self, buf: &mut ReadBuf<'_>) -> bool {
        let left = &self.bytes[self.passed..self.length];
        let bytes = left.len().min(buf.remaining());
        buf.put_slice(&left[..bytes]);
        self.passed += bytes;
        bytes > 0
    }
}
