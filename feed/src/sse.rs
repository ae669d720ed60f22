//! Parses Server-Sent Events (WHATWG HTML, section 9.2.6). In: bytes as they come. Out: whole messages. A message that is cut
//! off is never handed out.

/// One message: what is between two empty lines.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Message {
    /// The last `id` field.
    pub(crate) id: Option<String>,
    /// The `data` fields, with line feeds between; `None` for a heartbeat.
    pub(crate) data: Option<String>,
}

/// Bytes that are not whole lines yet, and the message that is not whole yet.
#[derive(Debug, Default)]
pub(crate) struct Parser {
    rest: Vec<u8>,
    message: Message,
}

/// The stream is not one of ours.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ParseError {
    #[error("a message is larger than {MAX_BYTES} bytes")]
    TooLarge,
    #[error("a line is not UTF-8")]
    NotUtf8,
}

/// The largest message; events have ids and counts only.
const MAX_BYTES: usize = 1024 * 1024;

impl Parser {
    /// The messages that these bytes complete.
    pub(crate) fn push(&mut self, bytes: &[u8]) -> Result<Vec<Message>, ParseError> {
        self.rest.extend_from_slice(bytes);
        let mut messages = Vec::new();
        let mut begun = 0;
        while let Some(length) = self.rest[begun..].iter().position(|byte| *byte == b'\n') {
            let line = &self.rest[begun..begun + length];
            let line =
                std::str::from_utf8(line.strip_suffix(b"\r").unwrap_or(line)).map_err(|_| ParseError::NotUtf8)?;
            if line.is_empty() {
                messages.push(std::mem::take(&mut self.message));
            } else {
                self.message.read(line);
            }
            begun += length + 1;
        }
        self.rest.drain(..begun);
        let held = self.rest.len() + self.message.data.as_ref().map_or(0, String::len);
        if held > MAX_BYTES { Err(ParseError::TooLarge) } else { Ok(messages) }
    }
}

impl Message {
    fn read(&mut self, line: &str) {
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "id" => self.id = Some(value.to_owned()),
            "data" => match &mut self.data {
                Some(data) => {
                    data.push('\n');
                    data.push_str(value);
                }
                None => self.data = Some(value.to_owned()),
            },
            // `event` repeats the event's type; a comment has no field.
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STREAM: &str =
        ": heartbeat\nid: a:1\n\nid: a:2\nevent: x\ndata: {\"a\":1}\n\ndata:one\r\ndata: two\r\n\r\nid: a:3\ndata: cut";

    #[test]
    fn messages_are_the_same_wherever_the_bytes_are_cut() {
        let expected = [
            Message { id: Some("a:1".into()), data: None },
            Message { id: Some("a:2".into()), data: Some("{\"a\":1}".into()) },
            Message { id: None, data: Some("one\ntwo".into()) },
        ];
        for size in 1..STREAM.len() {
            let mut parser = Parser::default();
            let messages: Vec<_> =
                STREAM.as_bytes().chunks(size).flat_map(|chunk| parser.push(chunk).unwrap()).collect();
            assert_eq!(messages, expected, "chunks of {size}");
        }
    }

    #[test]
    fn a_stream_without_an_end_of_line_is_refused() {
        let mut parser = Parser::default();
        assert!((0..2).any(|_| parser.push(&vec![b'x'; MAX_BYTES]).is_err()));
        assert!(Parser::default().push(b"data: \xff\n").is_err());
    }
}
