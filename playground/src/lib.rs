//! The playground: GraphiQL over this server's schema, with demo operations and demo sign-ins. Part of `tessera dev` only.
//! In: nothing. Out: the page with the policy that it needs, and the files that it loads, all out of this program.

// `PAGE` and `FILES`: what npm and Vite made of `web/`, written by `build.rs`.
include!(concat!(env!("OUT_DIR"), "/built.rs"));

/// Where the page has its nonce; `vite.config.js` puts it there.
const NONCE: &str = "NONCE-OF-THIS-ANSWER";

/// For programs that were built without npm.
const UNBUILT: &str = include_str!("unbuilt.html");

/// The page, for one answer.
pub struct Page {
    /// HTML.
    pub html: String,
    /// The value of `Content-Security-Policy` that goes with it.
    pub policy: String,
}

impl Page {
    /// The page with a nonce that no answer had before.
    pub fn new() -> Self {
        let nonce = format!("{:032x}", rand::random::<u128>());
        // Styles: Monaco writes its own. `data:`: GraphiQL's style sheet has its fonts and pictures in it.
        let policy = format!(
            "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic'; worker-src 'self'; \
             style-src 'self' 'unsafe-inline'; font-src 'self' data:; img-src 'self' data:; connect-src 'self'; \
             base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        );
        Self { html: PAGE.unwrap_or(UNBUILT).replace(NONCE, &nonce), policy }
    }
}

impl Default for Page {
    fn default() -> Self {
        Self::new()
    }
}

/// A file that the page loads; its name changes with its content.
pub struct File {
    /// The value of `Content-Type`.
    pub content_type: &'static str,
    /// The content.
    pub content: &'static [u8],
}

/// The file at that path below `/playground/`.
pub fn file(path: &str) -> Option<File> {
    let (name, content) = FILES.iter().find(|(name, _)| *name == path)?;
    Some(File { content_type: content_type(name), content })
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("ttf") => "font/ttf",
        Some("woff2") => "font/woff2",
        Some("png") => "image/png",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_page_has_a_nonce_of_its_own_and_its_policy_names_it() {
        let nonce = |page: &Page| page.policy.split('\'').find_map(|it| it.strip_prefix("nonce-")).unwrap().to_owned();
        let (one, other) = (Page::new(), Page::new());
        assert_ne!(nonce(&one), nonce(&other));
        assert!(!one.html.contains(NONCE));
        assert_eq!(one.html.contains("<script"), one.html.contains(&format!("nonce=\"{}\"", nonce(&one))));
    }

    #[test]
    fn every_file_has_a_type_that_browsers_know() {
        let unknown = |name: &str| content_type(name) == "application/octet-stream";
        assert_eq!(FILES.iter().find(|(name, _)| unknown(name)).map(|(name, _)| *name), None);
    }
}
