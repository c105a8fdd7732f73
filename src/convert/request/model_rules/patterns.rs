//! Patterns of a JSON schema that models refuse.

use serde_json::Value;

use super::schema_nodes::{for_each_schema, say};

/// Says patterns with look-around or back-references in the description instead. Returns whether there were any.
pub(super) fn drop_lookaround(schema: &mut Value) -> bool {
    let Value::Object(members) = schema else { return false };
    let mut is_changed = false;
    if let Some(pattern) = members.get("pattern").filter(|pattern| pattern.as_str().is_some_and(has_lookaround)) {
        let said = format!("pattern: {pattern}");
        members.shift_remove("pattern");
        say(members, &[said]);
        is_changed = true;
    }
    for_each_schema(members, &mut |inner| is_changed |= drop_lookaround(inner));
    is_changed
}

/// Whether a pattern has look-around or back-references, which Bedrock refuses.
/// <https://docs.aws.amazon.com/bedrock/latest/userguide/structured-output.html>
pub(super) fn has_lookaround(pattern: &str) -> bool {
    let mut chars = pattern.char_indices();
    let mut is_in_class = false;
    while let Some((index, char)) = chars.next() {
        match char {
            '\\' => {
                let escaped = chars.next();
                if escaped.is_some_and(|(_, escaped)| escaped.is_ascii_digit() || escaped == 'k') {
                    return true;
                }
            }
            '[' => is_in_class = true,
            ']' => is_in_class = false,
            '(' if !is_in_class => {
                let rest = pattern.get(index..).unwrap_or_default();
                if ["(?=", "(?!", "(?<=", "(?<!", "(?P="].iter().any(|start| rest.starts_with(start)) {
                    return true;
                }
            }
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn patterns_with_look_around_are_said_in_words() {
        let mut schema = json!({ "type": "object", "properties": {
            "code": { "type": "string", "pattern": "^(?!x)[a-z]+$", "description": "A code." },
            "name": { "type": "string", "pattern": "^[a-z]+$" },
        } });
        assert!(drop_lookaround(&mut schema));
        let expected = json!({ "type": "object", "properties": {
            "code": { "type": "string", "description": "A code.\n\n{pattern: \"^(?!x)[a-z]+$\"}" },
            "name": { "type": "string", "pattern": "^[a-z]+$" },
        } });
        assert_eq!(schema, expected);
        assert!(!drop_lookaround(&mut schema));
    }
}
