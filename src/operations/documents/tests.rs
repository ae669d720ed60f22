//! Which document is meant, policy by policy; and that files are taken all or not at all.

use std::{fs, path::Path};

use super::*;
use crate::operations::{Limits, Scalars};

const TRUSTED: &str = "query A { viewer { id } }";
const OTHER: &str = "query B { viewer { name } }";

fn operations() -> Operations {
    Operations::new(include_str!("../../../schema.graphql"), Limits::default(), Scalars::default()).unwrap()
}

/// A folder of these files, gone with the value.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    files.iter().for_each(|(name, text)| write(folder.path(), name, text));
    folder
}

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn documents(policy: Policy, folder: &Path) -> Result<Documents, SourceError> {
    let automatic = Some(AutomaticDocuments::new(10_000));
    Documents::new(policy, vec![folder.to_owned()], automatic, &operations())
}

/// `trusted`, `taken`, `to be registered`, or the error.
async fn told(documents: &Documents, sent: Sent<'_>) -> String {
    match documents.resolve(sent).await {
        Ok(Document { trusted: Some(trusted), .. }) => format!("trusted {}", trusted.name),
        Ok(Document { register: Some(_), .. }) => "to be registered".into(),
        Ok(_) => "taken".into(),
        Err(error) => format!("{error:?}"),
    }
}

#[tokio::test]
async fn each_policy_takes_what_it_says() {
    let folder = folder(&[("web/A.graphql", TRUSTED), ("old/relay.json", &format!("{{\"5\": \"{TRUSTED}\"}}"))]);
    let (known, unknown) = (sha256(TRUSTED), sha256(OTHER));
    let prefixed = format!("sha256:{known}");
    let text = |text| Sent { text: Some(text), ..Sent::default() };
    let id = |id| Sent { id: Some(id), ..Sent::default() };
    let automatic = |hash, text| Sent { automatic: Some(hash), text, ..Sent::default() };
    let rows = [
        (Sent::default(), ["Missing"; 4]),
        (id(&known), ["trusted A"; 4]),
        (id(&prefixed), ["trusted A"; 4]),
        (id("5"), ["trusted A"; 4]),
        (automatic(&known, None), ["trusted A"; 4]),
        (id(&unknown), ["NotFound"; 4]),
        (id("x-a:b"), ["NotFound"; 4]),
        (automatic(&unknown, None), ["NotFound"; 4]),
        (text(TRUSTED), ["trusted A", "trusted A", "trusted A", "Required"]),
        (text(OTHER), ["taken", "taken", "Required", "Required"]),
        (automatic(&unknown, Some(OTHER)), ["to be registered", "to be registered", "Required", "Required"]),
        (automatic(&known, Some(TRUSTED)), ["trusted A"; 4]),
        (automatic(&known, Some(OTHER)), ["Mismatch"; 4]),
        (automatic(&unknown, Some(TRUSTED)), ["Mismatch"; 4]),
        (automatic("nonsense", Some(OTHER)), ["Mismatch"; 4]),
        (Sent { id: Some("5"), ..text(OTHER) }, ["Mismatch"; 4]),
        (Sent { id: Some("nonsense"), ..text(TRUSTED) }, ["Mismatch"; 4]),
        (Sent { id: Some("sha256:sha256:5"), ..Sent::default() }, ["NotFound"; 4]),
        (Sent { id: Some(&known), ..automatic(&unknown, None) }, ["Mismatch"; 4]),
    ];
    let policies = [Policy::AllowAny, Policy::LogUnknown, Policy::TrustedOnly, Policy::IdOnly];
    for (place, policy) in policies.into_iter().enumerate() {
        let documents = documents(policy, folder.path()).unwrap();
        for (sent, expected) in &rows {
            assert_eq!(told(&documents, *sent).await, expected[place], "{policy:?} {sent:?}");
        }
    }
}

#[tokio::test]
async fn what_is_registered_is_found_and_never_in_the_place_of_a_trusted_document() {
    let folder = folder(&[("web/A.graphql", TRUSTED)]);
    let documents = documents(Policy::AllowAny, folder.path()).unwrap();
    let (known, hash) = (sha256(TRUSTED), sha256(OTHER));
    documents.register(&hash, OTHER.into()).await;
    documents.register(&known, OTHER.into()).await;
    let automatic = |hash| Sent { automatic: Some(hash), ..Sent::default() };
    assert_eq!(told(&documents, automatic(&hash)).await, "taken");
    assert_eq!(told(&documents, automatic(&known)).await, "trusted A");
    // Far more than it holds: the trusted one is still there.
    for number in 0..1_000 {
        documents.register(&sha256(&number.to_string()), "{ __typename }".repeat(10).into()).await;
    }
    assert_eq!(told(&documents, automatic(&known)).await, "trusted A");
    // An id that is no hash asks for trusted documents alone.
    assert_eq!(told(&documents, Sent { id: Some(&hash), ..Sent::default() }).await, "NotFound");
}

#[test]
fn files_are_read_with_their_clients_and_as_apollo_sends_them() {
    let folder = folder(&[
        ("web/A.graphql", TRUSTED),
        ("ios/B.graphql", OTHER),
        ("ios/.draft.graphql", "{"),
        ("ios/notes.txt", "{"),
    ]);
    let documents = documents(Policy::TrustedOnly, folder.path()).unwrap();
    let trusted = documents.trusted();
    let names: Vec<_> = trusted.iter().map(|it| format!("{} {}", it.client, it.name)).collect();
    assert_eq!(names, ["ios B", "ios B", "web A", "web A"], "each, and each with __typename");
    assert!(trusted.iter().any(|it| it.text.contains("__typename")));
}

#[test]
fn a_file_that_is_no_good_is_named_and_the_set_from_before_stays() {
    let operations = operations();
    let folder = folder(&[("web/A.graphql", TRUSTED)]);
    let documents = documents(Policy::TrustedOnly, folder.path()).unwrap();
    for (name, text, problem) in [
        ("web/broken.graphql", "query A {", "GRAPHQL_PARSE_FAILED"),
        ("web/invalid.graphql", "{ nothing }", "nothing"),
        ("web/two.graphql", "query A { viewer { id } } query B { viewer { id } }", "several operations"),
        ("web/none.graphql", "fragment F on User { id }", "must be used"),
        ("web/manifest.json", "{\"sha256:abc\": \"{ __typename }\"}", "not the SHA-256"),
        ("web/manifest.json", "{", "is no manifest"),
        ("web/manifest.json", "{\"\": \"{ __typename }\"}", "must not be empty"),
    ] {
        write(folder.path(), name, text);
        let error = documents.reload_if_changed(&operations).unwrap_err();
        assert!(error.file.ends_with(name) && error.problem.contains(problem), "{error}");
        assert!(documents.trusted().by_text(TRUSTED).is_some());
        fs::remove_file(folder.path().join(name)).unwrap();
    }
    write(folder.path(), "web/A.graphql", OTHER);
    documents.reload_if_changed(&operations).unwrap();
    assert!(documents.trusted().by_text(TRUSTED).is_none() && documents.trusted().by_text(OTHER).is_some());
}

#[test]
fn one_id_is_one_document() {
    let relay = |text: &str| format!("{{\"5\": \"{text}\"}}");
    let folder = folder(&[("a/1.json", &relay(TRUSTED)), ("b/2.json", &relay(TRUSTED))]);
    documents(Policy::TrustedOnly, folder.path()).unwrap();
    write(folder.path(), "b/2.json", &relay(OTHER));
    let error = documents(Policy::TrustedOnly, folder.path()).unwrap_err();
    assert!(error.to_string().contains("2.json: the id `5` is that of another document in"), "{error}");
}

#[test]
fn folders_without_documents_links_in_circles_and_files_without_end_harm_nobody() {
    let (operations, folder) = (operations(), folder(&[("web/A.graphql", TRUSTED)]));
    let links = [("web/a", "."), ("web/b", "."), ("web/c", "..")];
    links.iter().for_each(|(name, to)| std::os::unix::fs::symlink(to, folder.path().join(name)).unwrap());
    let documents = documents(Policy::TrustedOnly, folder.path()).unwrap();
    assert_eq!(documents.trusted().ids(), 2);
    std::os::unix::fs::symlink("/dev/zero", folder.path().join("web/endless.graphql")).unwrap();
    let error = documents.reload_if_changed(&operations).unwrap_err();
    assert!(error.to_string().ends_with("endless.graphql: is no regular file"), "{error}");
    fs::remove_dir_all(folder.path().join("web")).unwrap();
    let error = documents.reload_if_changed(&operations).unwrap_err();
    assert!(error.to_string().contains("there is no document"), "{error}");
    assert_eq!(documents.trusted().ids(), 2, "those from before");
}
