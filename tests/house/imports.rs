//! Imports point one way: the folders of `src/` are the path of a request, and a stage imports only stages below it.

use crate::files::{all, text};

/// The path of a request, from the outside in.
const STAGES: [&str; 8] = ["http", "events", "requests", "operations", "execution", "graphql", "loaders", "clients"];

/// What every stage may import, and what imports no stage: keys, budgets, tags, forms of settings, counters, the list of services.
const GROUND: [&str; 6] = ["auth", "budgets", "cache", "settings", "telemetry", "services"];

/// What builds or calls the stages: it may import everything, and no stage imports it.
const ABOVE: [&str; 6] = ["cli", "config", "dev", "main", "server", "tools"];

/// The first names of all paths into this crate: `use crate::name`, `use crate::{name, …}` and `crate::name` in code.
fn imports(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let name = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    for (start, _) in text.match_indices("crate::") {
        let line = text[..start].matches('\n').count() + 1;
        if text[..start].rsplit('\n').next().is_some_and(|before| before.trim_start().starts_with("//")) {
            continue;
        }
        let rest = &text[start + "crate::".len()..];
        match rest.strip_prefix('{') {
            None => found.push((line, name(rest))),
            Some(group) => {
                let mut depth = 0;
                let mut at_name = true;
                for (place, c) in group.char_indices() {
                    match c {
                        '{' => depth += 1,
                        '}' if depth == 0 => break,
                        '}' => depth -= 1,
                        ',' if depth == 0 => at_name = true,
                        c if at_name && c.is_alphabetic() => {
                            found.push((line, name(&group[place..])));
                            at_name = false;
                        }
                        _ => {}
                    }
                }
            }
        }
    }
    found
}

fn may_import(from: &str, to: &str) -> bool {
    let place = |name: &str| STAGES.iter().position(|stage| *stage == name);
    match (place(from), place(to)) {
        (Some(from), Some(to)) => from <= to,
        (Some(_), None) => GROUND.contains(&to),
        (None, _) if ABOVE.contains(&from) || from == "lib" => true,
        (None, None) => GROUND.contains(&from) && GROUND.contains(&to),
        (None, Some(_)) => false,
    }
}

#[test]
fn a_stage_imports_only_stages_below_it() {
    let mut upward = Vec::new();
    // Unit tests may build what they need.
    let is_code = |path: &&String| path.starts_with("src/") && path.ends_with(".rs") && !path.ends_with("/tests.rs");
    for path in all().iter().filter(is_code) {
        let from = path["src/".len()..].split('/').next().unwrap().trim_end_matches(".rs");
        assert!(
            STAGES.contains(&from) || GROUND.contains(&from) || ABOVE.contains(&from) || from == "lib",
            "{path} belongs to no place of the tables above"
        );
        for (line, to) in imports(&text(path)) {
            let is_place =
                STAGES.contains(&to.as_str()) || GROUND.contains(&to.as_str()) || ABOVE.contains(&to.as_str());
            if is_place && from != to && !may_import(from, &to) {
                upward.push(format!("{path}:{line} imports {to}"));
            }
        }
    }
    assert!(upward.is_empty(), "imports that point upward:\n{}", upward.join("\n"));
}

#[test]
fn the_reader_of_imports_finds_single_grouped_and_qualified_paths() {
    let text = "use crate::auth::Viewer;\nuse crate::{\n    clients::{Call, Tag},\n    http,\n};\n// crate::server\nlet a = crate::config::X;\n";
    let names: Vec<String> = imports(text).into_iter().map(|(_, name)| name).collect();
    assert_eq!(names, ["auth", "clients", "http", "config"]);
}
