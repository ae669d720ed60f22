//! The largest answers for many clients at once: what they take of memory is bounded by the bound of text in an answer.

use futures::future::join_all;
use harness::stub::Services;
use harness::town::Sizes;

use crate::binary::Program;

const CLIENTS: usize = 32;
/// Bytes of text in an answer, at most.
const MAX_TEXT: usize = 1024 * 1024;
const QUERY: &str = "{ posts(first: 10) { nodes { id body } } }";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_largest_answers_take_three_times_their_bound() {
    let services = Services::start(Sizes::default()).await;
    for post in &mut services.town().posts {
        post.body = "x".repeat(MAX_TEXT / 10 - 100);
    }
    let text = MAX_TEXT.to_string();
    let settings = [
        ("TESSERA__LIMITS__MAX_ANSWER_TEXT", text.as_str()),
        ("TESSERA__BUDGETS__MODE", "measure"),
        // Not reached: how long a busy machine takes is no part of it.
        ("TESSERA__TIMEOUTS__REQUEST_MS", "60000"),
        ("TESSERA__TIMEOUTS__CALL_MS", "60000"),
    ];
    let program = Program::serve(&services, &settings).await;
    let client = program.client();
    // What a process keeps after its first large answers is no part of it.
    client.run(QUERY).await.data();
    let before = program.resident_bytes();
    for _ in 0..3 {
        let answers = join_all((0..CLIENTS).map(|_| client.run(QUERY))).await;
        for answer in answers {
            assert!(answer.text.len() > MAX_TEXT * 9 / 10 && answer.errors().is_empty(), "{}", answer.text.len());
        }
    }
    let grown = program.peak_bytes().saturating_sub(before);
    assert!(grown <= (CLIENTS * 3 * MAX_TEXT) as u64, "{grown} bytes");
}
