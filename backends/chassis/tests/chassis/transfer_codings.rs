//! Transfer codings of request bodies (RFC 9112, section 6.1), over raw sockets: a coding that is not implemented is 501, a
//! body whose end is unknown is 400, and the connection is closed in both cases.

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::notes::Notebook;

/// The whole answer to a POST with those headers and a chunked body, up to the end of the connection.
async fn answer(book: &Notebook, version: &str, headers: &str) -> String {
    let mut stream = TcpStream::connect(book.service.url.strip_prefix("http://").unwrap()).await.unwrap();
    let body = "19\r\n{\"id\": 1, \"text\": \"note\"}\r\n0\r\n\r\n";
    let head = format!("POST /v1/notes {version}\r\nhost: notes\r\ncontent-type: application/json\r\n{headers}\r\n");
    stream.write_all(format!("{head}{body}").as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn a_chunked_body_is_read() {
    let book = Notebook::open().await;
    for codings in ["transfer-encoding: chunked\r\n", "transfer-encoding: , Chunked\r\n"] {
        let answer = answer(&book, "HTTP/1.1", &format!("{codings}connection: close\r\nidempotency-key: k\r\n")).await;
        assert!(answer.starts_with("HTTP/1.1 201 "), "{codings}: {answer}");
    }
}

#[tokio::test]
async fn an_unknown_coding_is_501_and_a_repeated_one_400() {
    let book = Notebook::open().await;
    for (codings, status, code) in [
        ("transfer-encoding: gzip, chunked\r\n", 501, "NOT_IMPLEMENTED"),
        ("transfer-encoding: identity\r\ntransfer-encoding: chunked\r\n", 501, "NOT_IMPLEMENTED"),
        ("transfer-encoding: chunked, chunked\r\n", 400, "BAD_REQUEST"),
        ("transfer-encoding: chunked\r\ntransfer-encoding: CHUNKED\r\n", 400, "BAD_REQUEST"),
    ] {
        let answer = answer(&book, "HTTP/1.1", codings).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{codings}: {answer}");
        assert!(answer.contains(&format!("\"code\":\"{code}\"")), "{codings}: {answer}");
        assert!(answer.to_ascii_lowercase().contains("connection: close\r\n"), "{codings}: {answer}");
    }
    assert_eq!(book.count().await, 0);
}

#[tokio::test]
async fn a_body_without_a_known_end_is_400() {
    let book = Notebook::open().await;
    for (version, codings) in [
        ("HTTP/1.0", "transfer-encoding: chunked\r\n"),
        ("HTTP/1.0", "transfer-encoding: chunked\r\nconnection: keep-alive\r\n"),
        ("HTTP/1.1", "transfer-encoding: gzip\r\n"),
        ("HTTP/1.1", "transfer-encoding: chunked, gzip\r\n"),
    ] {
        let answer = answer(&book, version, codings).await;
        let status = answer.split_once(' ').map_or("", |(_, rest)| &rest[..3]);
        assert_eq!(status, "400", "{version} {codings}: {answer}");
    }
    assert_eq!(book.count().await, 0);
}
