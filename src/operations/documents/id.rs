//! The id of a document. In: the id in a request or a manifest. Out: its canonical form.
//! Source: GraphQL over HTTP, appendix "Persisted Documents": `sha256:` and 64 lower-case hex digits, or a custom id.

use contract::hex;
use sha2::{Digest, Sha256};

/// The SHA-256 of a document's bytes as 64 lower-case hex digits.
pub fn sha256(text: &str) -> String {
    hex(&Sha256::digest(text))
}

/// The id without the prefix `sha256:`, which Apollo's ids do not have.
pub fn canonical(id: &str) -> &str {
    id.strip_prefix("sha256:").unwrap_or(id)
}

/// Whether the id has the form of a SHA-256.
pub fn is_sha256(id: &str) -> bool {
    let digits = canonical(id);
    digits.len() == 64 && digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_the_hash_of_the_exact_bytes() {
        // FIPS 180-4's example.
        let id = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(sha256("abc"), id);
        assert_ne!(sha256("{ __typename }"), sha256("{ __typename }\n"));
        assert!(is_sha256(id) && is_sha256(&format!("sha256:{id}")));
        assert_eq!(canonical(&format!("sha256:{id}")), id);
        for other in ["", "sha256:", "x-a:b", &id[1..], &id.to_uppercase()] {
            assert!(!is_sha256(other), "{other}");
        }
    }
}
