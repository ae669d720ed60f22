//! Manifests of trusted documents, as client tools write them: any bytes are read, or refused in one short sentence.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tessera::operations::documents::read_manifest;

/// Bytes of a sentence that says what is wrong, at most.
const MAX_MESSAGE: usize = 300;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match read_manifest(text) {
        Ok(pairs) => {
            // Relay's format holds every set of ids and texts: written in it, they are read again.
            let relay: serde_json::Map<_, _> =
                pairs.iter().map(|(id, text)| (id.clone(), text.clone().into())).collect();
            if !relay.contains_key("format") {
                let again = read_manifest(&serde_json::Value::from(relay.clone()).to_string()).unwrap();
                assert_eq!(again.len(), relay.len());
                assert!(again.iter().all(|(id, text)| relay[id] == *text));
            }
        }
        Err(problem) => assert!(problem.len() <= MAX_MESSAGE && !problem.contains('\n'), "{problem}"),
    }
});
