//! What LangChain calls a block of Converse's that it has no name for: `{type: "guard_content", guardContent: {…}}`.

/// The `type` of the block whose member on the wire is `member`: its name in snake case.
pub(crate) fn block_type(member: &str) -> String {
    letters(member).collect()
}

/// Whether `block_type` is the `type` of the block whose member on the wire is `member`.
pub(crate) fn is_block_type_of(block_type: &str, member: &str) -> bool {
    letters(member).eq(block_type.chars())
}

fn letters(member: &str) -> impl Iterator<Item = char> {
    member.chars().flat_map(|letter| {
        let underscore = letter.is_ascii_uppercase().then_some('_');
        underscore.into_iter().chain([letter.to_ascii_lowercase()])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_member_names_in_snake_case() {
        for (kind, member) in [
            ("citations_content", "citationsContent"),
            ("s3_location", "s3Location"),
            ("audio", "audio"),
            ("foo_bar", "foo_bar"),
            ("_foo", "Foo"),
            ("", ""),
        ] {
            assert_eq!(block_type(member), kind);
            assert!(is_block_type_of(kind, member), "{kind}");
        }
        for (kind, member) in [
            ("guardContent", "guardContent"),
            ("image", "images"),
            ("image_url", "image"),
            ("images", "image"),
        ] {
            assert!(!is_block_type_of(kind, member), "{kind}");
        }
    }
}
