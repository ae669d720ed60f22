//! A value that is not of its type, and where it is inside a variable.

/// The problem, and the path to it from the inside out.
pub(crate) struct Mismatch {
    problem: String,
    path: Vec<String>,
}

impl Mismatch {
    /// A problem of the value itself, as the end of a sentence.
    pub(crate) fn new(problem: impl Into<String>) -> Self {
        Self { problem: problem.into(), path: Vec::new() }
    }

    /// The same, inside a list's item (`[0]`) or a member (`.name`).
    pub(crate) fn inside(mut self, step: String) -> Self {
        self.path.push(step);
        self
    }

    /// The sentence, with the variable's name and the path in it.
    pub(crate) fn describe(&self, variable: &str) -> String {
        let path: String = self.path.iter().rev().map(String::as_str).collect();
        format!("variable `${variable}{path}` {}", self.problem)
    }
}
