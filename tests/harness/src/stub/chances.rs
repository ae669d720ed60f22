//! Failures by chance: what becomes of a call is drawn from a seed and from what the call asks for, its keys aside. So it is the
//! same for all calls of a batch, and for everybody who asks the same, whenever that is. In: a good answer. Out: the same, with
//! records missing or a member broken, or another behaviour.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use serde_json::{Value, json};

use super::behaviour::Behaviour;
use super::call::Call;

/// How the services fail.
#[derive(Clone, Debug)]
pub struct Chances {
    /// Draws everything.
    pub seed: u64,
    /// Calls of a hundred that fail.
    pub failing: u64,
    /// Records of a hundred that are missing.
    pub missing: u64,
    /// Members that may be broken, by the type of their record: those that somebody reads.
    pub members: BTreeSet<(String, String)>,
}

/// Behaviours of a failing call; those that need time are few.
const FAILURES: [Behaviour; 10] = [
    Behaviour::Status(500),
    Behaviour::Status(404),
    Behaviour::Status(403),
    Behaviour::Dependency("DEPENDENCY_UNAVAILABLE", "user"),
    Behaviour::NotJson,
    Behaviour::OtherShape,
    Behaviour::Foreign,
    Behaviour::Duplicate,
    Behaviour::PageMissing,
    Behaviour::Html(502),
];

impl Chances {
    /// What becomes of an answer.
    pub(super) fn apply(&self, call: &Call, body: &mut Value) -> Behaviour {
        // The order in which the answers to calls of a wave come.
        let delay = Duration::from_micros(self.draw(&("delay", &call.keys, asked(call))) % 3_000);
        if let Some(items) = body.get_mut("items").and_then(Value::as_array_mut)
            && !call.keys.is_empty()
        {
            items.retain(|item| self.draw(&("missing", item["id"].to_string())) % 100 >= self.missing);
        }
        let draw = self.draw(&("failing", asked(call)));
        if draw % 100 >= self.failing {
            return Behaviour::Slow(delay);
        }
        let failures = u64::try_from(FAILURES.len()).unwrap();
        match (draw / 100) % (failures + 3) {
            failure if failure < failures => {
                // Broken, however many of the keys are asked for together, and whether there is anything under them.
                let behaviour = FAILURES[usize::try_from(failure).unwrap()];
                if behaviour.spoils(body, &call.keys) { behaviour } else { Behaviour::NotJson }
            }
            _ => match self.break_member(call, body, draw / 10_000) {
                true => Behaviour::Slow(delay),
                false => Behaviour::NotJson,
            },
        }
    }

    /// Makes a member of the first record something else; false if there is no record.
    fn break_member(&self, call: &Call, body: &mut Value, draw: u64) -> bool {
        let Some(kind) = kind(&call.route) else { return true };
        let members: Vec<&str> =
            self.members.iter().filter(|(of, _)| of == kind).map(|(_, member)| member.as_str()).collect();
        if members.is_empty() {
            return true;
        }
        let Some(record) = first_record(body) else { return false };
        let present: Vec<&str> = members.into_iter().filter(|member| record.get(member).is_some()).collect();
        if !present.is_empty() {
            let member = present[usize::try_from(draw).unwrap_or_default() % present.len()];
            record[member] = json!({"something": "else"});
        }
        true
    }

    fn draw(&self, what: &impl Hash) -> u64 {
        let mut hasher = DefaultHasher::new();
        (self.seed, what).hash(&mut hasher);
        hasher.finish()
    }
}

/// What a call asks for, its keys aside.
fn asked(call: &Call) -> Vec<(&str, &str)> {
    let is_key = |name: &str| name.ends_with("ids") || name == "handles";
    let parameters = call.query.iter().filter(|(name, _)| !is_key(name));
    let parameters = parameters.map(|(name, value)| (name.as_str(), value.as_str()));
    [("route", call.route.as_str())].into_iter().chain(parameters).collect()
}

/// The type of a route's records.
fn kind(route: &str) -> Option<&'static str> {
    let path = route.split_once(' ')?.1;
    Some(match path.split('?').next()? {
        "/v1/users" | "/v1/followers/by-user" | "/v1/following/by-user" => "User",
        "/v1/posts" | "/v1/posts/by-author" => "Post",
        "/v1/comments" | "/v1/comments/by-post" => "Comment",
        "/v1/orders" | "/v1/orders/by-buyer" | "/v1/orders/by-seller" => "Order",
        _ => return None,
    })
}

/// The first record of an answer, pages included.
fn first_record(body: &mut Value) -> Option<&mut Value> {
    if body.get("pages").is_some() {
        let pages = body.get_mut("pages")?.as_object_mut()?;
        return pages.values_mut().find_map(|page| page.get_mut("items")?.as_array_mut()?.first_mut());
    }
    body.get_mut("items")?.as_array_mut()?.first_mut()
}
