//! Which response key stands for which field, over a whole document.
//!
//! In: a field with its arguments and type. Out: a key that nothing else in the document has. Fields of one key are
//! then always the same field with the same arguments, wherever they meet (section 5.3.2).

use std::collections::HashMap;

/// The keys taken so far.
#[derive(Debug, Default)]
pub(crate) struct Claims {
    by_key: HashMap<String, Claim>,
    aliases: usize,
}

/// What a key stands for: name, printed arguments, printed type.
pub(crate) type Claim = (String, String, String);

impl Claims {
    /// The key for a field, an alias if its name stands for something else already or `fresh` asks for one.
    pub(crate) fn key(&mut self, claim: Claim, fresh: bool) -> String {
        let name = claim.0.clone();
        if !fresh && self.by_key.get(&name).is_none_or(|known| *known == claim) {
            self.by_key.insert(name.clone(), claim);
            return name;
        }
        let known = self.by_key.iter().filter(|(_, known)| **known == claim).map(|(key, _)| key);
        if let (false, Some(key)) = (fresh, known.min()) {
            return key.clone();
        }
        self.aliases += 1;
        let key = format!("{name}_{}", self.aliases);
        self.by_key.insert(key.clone(), claim);
        key
    }
}
