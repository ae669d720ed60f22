//! Tessera's side of the comparison: one schema, its operations, what becomes of a document.

use std::path::{Path, PathBuf};

use apollo_compiler::Schema;
use apollo_compiler::validation::Valid;
use async_graphql::{Response, ServerError};
use harness::printer::print_document;
use serde_json::{Map, Value};
use tessera::operations::{Limits, Operations, Prepared, Rejection, RejectionCode, Scalars};

use crate::reference::{Answer, Question, Ran, ask};

/// A schema under test.
pub struct Subject {
    path: PathBuf,
    /// The schema, for the generator.
    pub schema: Valid<Schema>,
    operations: Operations,
}

impl Subject {
    /// The public graph, as the repository has it.
    pub fn public_graph() -> Self {
        Self::read("schema.graphql")
    }

    /// The schema of this suite, with every kind of type.
    pub fn wide() -> Self {
        Self::read("tests/documents/wide.graphql")
    }

    fn read(path: &str) -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
        let sdl = std::fs::read_to_string(&path).unwrap();
        let schema = Schema::parse_and_validate(&sdl, &path).unwrap();
        // The limits have tests of their own; here none should be in the way.
        let limits = Limits {
            tokens: 20_000,
            depth: 48,
            aliases: 20_000,
            directives: 20_000,
            root_fields: 2_000,
            cost: u64::MAX,
            ..Limits::default()
        };
        let operations = Operations::new(&sdl, limits, Scalars::default()).unwrap();
        Self { path, schema, operations }
    }

    /// What Tessera makes of a request.
    pub fn prepare(&self, question: &Question) -> Result<Prepared, Rejection> {
        self.operations.prepare(&question.document, question.operation_name.as_deref(), question.variables.clone())
    }

    /// Compares both on every question: verdict, coerced variables, answers. Returns graphql-js's answers.
    pub fn compare(&self, questions: Vec<Question>) -> Vec<Answer> {
        let prepared: Vec<_> = questions.iter().map(|question| self.prepare(question)).collect();
        let questions: Vec<_> = questions.into_iter().zip(&prepared).map(|(q, p)| with_flattened(q, p)).collect();
        let answers = ask(&self.path, &questions);
        let differences: Vec<_> = questions
            .iter()
            .zip(prepared.iter().zip(&answers))
            .filter_map(|(question, (prepared, answer))| {
                let difference = difference(prepared, answer)?;
                Some(format!("{difference}\n{}\nvariables: {:?}", question.document, question.variables))
            })
            .collect();
        assert!(
            differences.is_empty(),
            "{} of {} differ:\n\n{}",
            differences.len(),
            questions.len(),
            differences.iter().take(8).cloned().collect::<Vec<_>>().join("\n\n"),
        );
        answers
    }
}

fn with_flattened(question: Question, prepared: &Result<Prepared, Rejection>) -> Question {
    let Ok(prepared) = prepared else {
        return question;
    };
    let Ok(Value::Object(variables)) = serde_json::to_value(&prepared.variables) else {
        panic!("variables are an object");
    };
    Question {
        flattened: Some(print_document(prepared.operation.document())),
        flattened_variables: variables,
        ..question
    }
}

/// In what they differ, if they do.
fn difference(prepared: &Result<Prepared, Rejection>, answer: &Answer) -> Option<String> {
    let verdict = match prepared.as_ref().map_err(Rejection::code) {
        Err(RejectionCode::ParseFailed) => "syntax",
        Err(RejectionCode::ValidationFailed) => "invalid",
        Ok(_) | Err(RejectionCode::OperationResolutionFailed | RejectionCode::VariableCoercionFailed) => "valid",
        Err(limit) => return Some(format!("a limit was passed: {}", limit.as_str())),
    };
    if verdict != answer.verdict {
        let ours = prepared.as_ref().err().map(ToString::to_string);
        return Some(format!("we say {verdict} ({ours:?}), graphql-js says {} ({:?})", answer.verdict, answer.errors));
    }
    match prepared {
        Ok(prepared) => different_run(prepared, answer),
        Err(rejection) if rejection.code() == RejectionCode::VariableCoercionFailed => {
            let refused = answer.variable_errors.is_some();
            (!refused).then(|| format!("we refuse variables that graphql-js takes: {rejection}"))
        }
        Err(_) => None,
    }
}

fn different_run(prepared: &Prepared, answer: &Answer) -> Option<String> {
    if let Some(errors) = &answer.variable_errors {
        return Some(format!("graphql-js refuses variables that we take: {errors:?}"));
    }
    let theirs = answer.variables.as_ref()?;
    for (name, value) in prepared.variables.iter() {
        let ours = value.clone().into_json().unwrap();
        if theirs.get(name.as_str()).map(normal) != Some(normal(&ours)) {
            return Some(format!("${name} is {ours} here and {:?} there", theirs.get(name.as_str())));
        }
    }
    let ours = answer.flattened.as_ref().map(|flattened| with_failures(prepared, flattened));
    match (&answer.sent, &ours) {
        (sent, ours) if sent == ours => None,
        (sent, ours) => {
            let text = print_document(prepared.operation.document());
            Some(format!("answers differ:\n  sent      {sent:?}\n  flattened {ours:?}\n  as {text}\n "))
        }
    }
}

/// The answer to the flattened text, with the fields that fail because a variable is null.
fn with_failures(prepared: &Prepared, flattened: &Ran) -> Ran {
    if !prepared.operation.has_failures() {
        return flattened.clone();
    }
    let mut response = Response::new(serde_json::from_str::<async_graphql::Value>(&flattened.data).unwrap());
    prepared.operation.write_failures(&mut response);
    let path = |error: &ServerError| error.path.iter().map(|it| serde_json::to_value(it).unwrap()).collect();
    let errors = flattened.errors.iter().cloned().chain(response.errors.iter().map(path)).collect();
    Ran { data: serde_json::to_string(&response.data).unwrap(), errors }
}

/// Numbers as doubles: JavaScript has no others.
fn normal(value: &Value) -> Value {
    match value {
        Value::Number(number) => Value::from(number.as_f64()),
        Value::Array(items) => items.iter().map(normal).collect(),
        Value::Object(members) => {
            let members: Map<_, _> = members.iter().map(|(name, value)| (name.clone(), normal(value))).collect();
            Value::Object(members)
        }
        other => other.clone(),
    }
}
