//! The public schema: written down in the repository as the code exports it, described to the last argument, and in
//! agreement with what clients were promised.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use apollo_compiler::Schema;
use apollo_compiler::ast::{Directive, DirectiveList, InputValueDefinition};
use apollo_compiler::schema::{ExtendedType, FieldDefinition};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn exported() -> String {
    tessera::graphql::Schema::new().sdl()
}

fn parsed(sdl: &str) -> Schema {
    Schema::parse_and_validate(sdl, "schema.graphql").unwrap().into_inner()
}

#[test]
fn the_repository_s_schema_is_what_the_program_prints() {
    let output = Command::new(env!("CARGO_BIN_EXE_tessera")).args(["schema", "print"]).output().unwrap();
    assert!(output.status.success());
    let printed = String::from_utf8(output.stdout).unwrap();
    let kept = std::fs::read_to_string(root().join("schema.graphql")).unwrap();
    assert!(printed == kept, "schema.graphql is stale: run `cargo run -- schema print > schema.graphql`");
}

#[test]
fn everything_is_described() {
    let schema = parsed(&exported());
    let mut mute = Vec::new();
    let mut look = |name: String, description: bool| {
        if !description {
            mute.push(name);
        }
    };
    for (name, ty) in schema.types.iter().filter(|(_, ty)| !ty.is_built_in()) {
        look(name.to_string(), ty.description().is_some());
        for field in fields(ty) {
            look(format!("{name}.{}", field.name), field.description.is_some());
            for argument in &field.arguments {
                look(format!("{name}.{}({})", field.name, argument.name), argument.description.is_some());
            }
        }
        match ty {
            ExtendedType::Enum(ty) => {
                ty.values
                    .values()
                    .for_each(|value| look(format!("{name}.{}", value.value), value.description.is_some()));
            }
            ExtendedType::InputObject(ty) => {
                ty.fields
                    .values()
                    .for_each(|field| look(format!("{name}.{}", field.name), field.description.is_some()));
            }
            _ => {}
        }
    }
    for (name, directive) in schema.directive_definitions.iter().filter(|(_, directive)| !directive.is_built_in()) {
        look(format!("@{name}"), directive.description.is_some());
    }
    assert!(mute.is_empty(), "not described: {mute:?}");
}

#[test]
fn the_schema_keeps_what_clients_were_promised() {
    let promised = std::fs::read_to_string(root().join("tests/bff/contract.txt")).unwrap();
    let exported = table(&parsed(&exported()));
    let broken: Vec<&str> = promised.lines().filter(|line| !exported.contains(*line)).collect();
    assert!(promised.lines().count() >= 180 && broken.is_empty(), "no longer so: {broken:#?}");
}

/// One line for each scalar, enum value, input and field, with types and defaults.
fn table(schema: &Schema) -> BTreeSet<String> {
    let mut lines = BTreeSet::new();
    for (name, ty) in schema.types.iter().filter(|(_, ty)| !ty.is_built_in()) {
        for field in fields(ty) {
            let arguments = values(field.arguments.iter().map(|argument| &**argument));
            let arguments = if arguments.is_empty() { arguments } else { format!("({arguments})") };
            lines.insert(format!("{name}.{}{arguments}: {}", field.name, field.ty));
        }
        match ty {
            ExtendedType::Scalar(_) => drop(lines.insert(format!("scalar {name}"))),
            ExtendedType::Enum(ty) => lines.extend(ty.values.keys().map(|value| format!("enum {name} {value}"))),
            ExtendedType::InputObject(ty) => {
                let one_of = if ty.is_one_of() { " @oneOf" } else { "" };
                lines.insert(format!("input {name}{one_of} {}", values(ty.fields.values().map(|field| &**field))));
            }
            ExtendedType::Object(ty) => {
                lines
                    .extend(ty.implements_interfaces.iter().map(|interface| format!("type {name} is a {}", interface)));
            }
            _ => {}
        }
    }
    lines
}

fn fields(ty: &ExtendedType) -> Vec<&FieldDefinition> {
    match ty {
        ExtendedType::Object(ty) => ty.fields.values().map(|field| &**field).collect(),
        ExtendedType::Interface(ty) => ty.fields.values().map(|field| &**field).collect(),
        _ => Vec::new(),
    }
}

fn values<'a>(values: impl Iterator<Item = &'a InputValueDefinition>) -> String {
    let text = |value: &InputValueDefinition| {
        let default = value.default_value.as_ref().map(|default| format!(" = {default}"));
        format!("{}: {}{}", value.name, value.ty, default.unwrap_or_default())
    };
    let sorted: BTreeSet<String> = values.map(text).collect();
    sorted.into_iter().collect::<Vec<_>>().join(", ")
}

/// A failing `Result<Option<T>>`, guard or validator throws the parent object away, up to all of `data`.
#[test]
fn fields_that_may_fail_take_only_themselves() {
    let files = sources(&root().join("src/graphql"));
    assert!(files.len() > 15);
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let resolvers = resolvers(&text);
        for wrong in ["-> Result<Option<", "guard =", "validator("] {
            assert!(!resolvers.contains(wrong), "{}: `{wrong}` on a field", file.display());
        }
    }
}

/// The blocks whose functions are fields.
fn resolvers(text: &str) -> String {
    let marks = ["#[Object", "#[ComplexObject", "#[derive(SimpleObject", "#[derive(InputObject"];
    let mut inside = false;
    let mut kept = String::new();
    for line in text.lines() {
        inside = (inside || marks.iter().any(|mark| line.starts_with(mark))) && line != "}";
        if inside {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    kept
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let (folders, files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    files.into_iter().chain(folders.iter().flat_map(|folder| sources(folder))).collect()
}

/// The viewer routes of the services' contract.
const VIEWER_ROUTES: [&str; 6] =
    ["/v1/accounts", "/v1/follows", "/v1/likes", "/v1/orders", "/v1/orders/by-buyer", "/v1/orders/by-seller"];

#[test]
fn what_depends_on_the_viewer_is_never_kept_for_everybody() {
    let schema = parsed(&exported());
    let private = |directives: &DirectiveList| said(directives.get("cacheControl"), "scope") == "PRIVATE";
    let mut seen = BTreeSet::new();
    for (name, ty) in schema.types.iter().filter(|(name, _)| *name != "Mutation" && !name.starts_with("__")) {
        for field in fields(ty) {
            let route = said(field.directives.get("call"), "batch");
            let of_viewer = VIEWER_ROUTES.contains(&route.as_str());
            if of_viewer || field.directives.has("access") {
                assert!(private(&field.directives), "{name}.{} must be @cacheControl(scope: PRIVATE)", field.name);
                seen.extend(of_viewer.then_some(route));
            }
        }
        if let ExtendedType::Object(object) = ty {
            let route = said(object.directives.get("call"), "batch");
            let scope = said(object.directives.get("cacheControl"), "scope");
            assert!(!VIEWER_ROUTES.contains(&route.as_str()) || scope == "PRIVATE", "{name} must be private");
        }
    }
    assert_eq!(seen, VIEWER_ROUTES.map(str::to_owned).into(), "a route that no field has");
}

/// An argument of a directive as text; nothing if it, or the directive, is not there.
fn said(directive: Option<&(impl std::ops::Deref<Target = Directive> + ?Sized)>, name: &str) -> String {
    let value = directive.and_then(|directive| directive.specified_argument_by_name(name));
    value.map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned)).unwrap_or_default()
}

#[test]
fn every_list_of_objects_says_how_long_it_is() {
    let schema = parsed(&exported());
    let sized_by_parents: BTreeSet<(String, String)> = schema
        .types
        .values()
        .flat_map(fields)
        .filter_map(|field| {
            let names = field.directives.get("listSize")?.specified_argument_by_name("sizedFields")?.as_list()?;
            let returned = field.ty.inner_named_type().to_string();
            Some(
                names.iter().filter_map(|name| Some((returned.clone(), name.as_str()?.to_owned()))).collect::<Vec<_>>(),
            )
        })
        .flatten()
        .collect();
    for (name, ty) in schema.types.iter().filter(|(name, _)| !name.starts_with("__")) {
        for field in fields(ty).into_iter().filter(|field| field.ty.is_list()) {
            let returned = schema.types.get(field.ty.inner_named_type());
            let of_objects = returned.is_some_and(|it| it.is_object() || it.is_interface() || it.is_union());
            let sized = field.directives.get("listSize").is_some()
                || sized_by_parents.contains(&(name.to_string(), field.name.to_string()));
            assert!(sized || !of_objects, "{name}.{} needs @listSize: its cost is unknown", field.name);
        }
    }
}
