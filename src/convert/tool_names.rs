//! Tool names and tool use ids that Bedrock accepts, and the way back to the caller's own.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

/// The longest name and the longest id that Bedrock accepts.
const MAX_LENGTH: usize = 64;

/// The caller's own names of those tools whose names Bedrock refuses (`[a-zA-Z0-9_-]{1,64}`), by the name that is sent instead.
#[derive(Debug, Clone, Default)]
pub struct ToolNames(HashMap<String, String>);

impl ToolNames {
    /// The caller's own name of the tool that was sent as `wire`; `None` when it is the same.
    #[must_use]
    pub fn original(&self, wire: &str) -> Option<&str> {
        self.0.get(wire).map(String::as_str)
    }

    /// Whether all names are sent as they are.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Replaces the names that Bedrock refuses. Equal names stay equal, different names stay different, and what an earlier name becomes does not
/// depend on a later one, so that a growing history keeps its cached prefix. `declared` names, if legal, are never changed for another's sake.
///
/// Allocates nothing when all names are legal.
pub(crate) fn make_legal<'n, 'a: 'n>(declared: usize, names: &mut [&'n mut Cow<'a, str>]) -> ToolNames {
    if names.iter().all(|name| is_legal(name)) {
        return ToolNames::default();
    }
    let mut taken: HashSet<String> = names
        .iter()
        .take(declared)
        .filter(|name| is_legal(name))
        .map(ToString::to_string)
        .collect();
    let mut wire_names: HashMap<String, String> = taken.iter().map(|name| (name.clone(), name.clone())).collect();
    for name in names {
        let wire = match wire_names.get(name.as_ref()) {
            Some(wire) => wire.clone(),
            None => free_name(name, &taken),
        };
        taken.insert(wire.clone());
        wire_names.insert(name.to_string(), wire.clone());
        **name = Cow::Owned(wire);
    }
    ToolNames(
        wire_names
            .into_iter()
            .filter(|(own, wire)| own != wire)
            .map(|(own, wire)| (wire, own))
            .collect(),
    )
}

fn is_legal(name: &str) -> bool {
    (1..=MAX_LENGTH).contains(&name.len()) && name.bytes().all(is_legal_byte)
}

fn is_legal_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
}

/// The nearest legal name that is not taken: `a.b` → `a_b`, else `a_b_2`, `a_b_3` and so on.
fn free_name(name: &str, taken: &HashSet<String>) -> String {
    let legal = name
        .chars()
        .map(|char| if u8::try_from(char).is_ok_and(is_legal_byte) { char } else { '_' });
    let mut legal: String = legal.take(MAX_LENGTH).collect();
    if legal.is_empty() {
        "tool".clone_into(&mut legal);
    }
    let numbered = (2..).map(|number| {
        let suffix = format!("_{number}");
        let stem: String = legal.chars().take(MAX_LENGTH.saturating_sub(suffix.len())).collect();
        stem + &suffix
    });
    std::iter::once(legal.clone())
        .chain(numbered)
        .find(|name| !taken.contains(name))
        .unwrap_or(legal.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn legal<'a>(declared: usize, names: &[&'a str]) -> (Vec<Cow<'a, str>>, ToolNames) {
        let mut names: Vec<_> = names.iter().map(|name| Cow::Borrowed(*name)).collect();
        let tool_names = make_legal(declared, &mut names.iter_mut().collect::<Vec<_>>());
        (names, tool_names)
    }

    #[test]
    fn legal_names_are_left_alone() {
        let (names, tool_names) = legal(2, &["search", "get-weather_2", "search"]);
        assert_eq!(names, ["search", "get-weather_2", "search"]);
        assert!(tool_names.is_empty());
        assert_eq!(tool_names.original("search"), None);
    }

    #[test]
    fn illegal_names_become_legal_and_stay_apart() {
        let (names, tool_names) = legal(3, &["a.b", "a_b", "a b", "a.b", "", "ä"]);
        assert_eq!(names, ["a_b_2", "a_b", "a_b_3", "a_b_2", "tool", "_"]);
        assert_eq!(tool_names.original("a_b_2"), Some("a.b"));
        assert_eq!(tool_names.original("a_b"), None);
        assert_eq!(tool_names.original("tool"), Some(""));
    }

    #[test]
    fn long_names_stay_apart() {
        let (one, two) = ("x".repeat(70) + "1", "x".repeat(70) + "2");
        let (names, tool_names) = legal(0, &[&one, &two]);
        assert_eq!(names, ["x".repeat(64), "x".repeat(62) + "_2"]);
        assert_eq!(tool_names.original(&"x".repeat(64)), Some(one.as_str()));
    }

    #[test]
    fn a_later_name_does_not_change_what_an_earlier_one_became() {
        let (short, _) = legal(0, &["a|b"]);
        let (long, _) = legal(0, &["a|b", "a_b"]);
        assert_eq!(short.first(), long.first());
        assert_eq!(long, ["a_b", "a_b_2"]);
    }
}
