//! Names of documents: legal ones, each only once in a request.

use std::borrow::Cow;
use std::collections::HashSet;

use super::block::{Block, Document, ToolResult};
use super::turn::Turn;

/// Gives every document of the request a legal name of its own. A name depends only on the documents before it, so that a growing history keeps
/// its cached prefix.
pub(super) fn name_documents(turns: &mut [Turn<'_>]) {
    let mut taken = HashSet::new();
    let mut nameless = 0_u32;
    for block in turns.iter_mut().flat_map(|turn| &mut turn.content) {
        match block {
            Block::Document(document) => name_document(document, &mut nameless, &mut taken),
            Block::ToolResult(ToolResult { content, .. }) => {
                for block in content {
                    if let Block::Document(document) = block {
                        name_document(document, &mut nameless, &mut taken);
                    }
                }
            }
            _ => {}
        }
    }
}

fn name_document(document: &mut Document<'_>, nameless: &mut u32, taken: &mut HashSet<String>) {
    if !is_legal_document_name(&document.name) {
        document.name = Cow::Owned(legal_document_name(&document.name));
    }
    if document.name.is_empty() {
        *nameless += 1;
        document.name = Cow::Owned(format!("document-{nameless}"));
    }
    if taken.contains(document.name.as_ref()) {
        let numbered = (2..).map(|number| format!("{} ({number})", document.name));
        if let Some(name) = numbered.into_iter().find(|name| !taken.contains(name)) {
            document.name = Cow::Owned(name);
        }
    }
    taken.insert(document.name.to_string());
}

/// The length of a name before a number is appended to make it unique; Bedrock's limit is 200.
const MAX_DOCUMENT_NAME: usize = 190;

/// Letters, digits, single spaces, hyphens, parentheses and square brackets.
fn is_legal_document_name(name: &str) -> bool {
    let is_legal = |byte: u8| byte.is_ascii_alphanumeric() || b" -()[]".contains(&byte);
    name.len() <= MAX_DOCUMENT_NAME && name.bytes().all(is_legal) && !name.contains("  ") && name.trim_ascii() == name
}

/// The nearest legal name, which may be empty: white space becomes one space, a run of other illegal characters one hyphen.
fn legal_document_name(name: &str) -> String {
    let mut legal = String::new();
    for char in name.chars() {
        let char = match char {
            char if char.is_ascii_alphanumeric() || "()[]-".contains(char) => char,
            char if char.is_whitespace() => ' ',
            _ if legal.ends_with('-') => continue,
            _ => '-',
        };
        if char != ' ' || !legal.ends_with(' ') {
            legal.push(char);
        }
    }
    legal.truncate(MAX_DOCUMENT_NAME);
    legal.trim_matches([' ', '-']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn document_names_become_legal() {
        for (name, legal) in [
            ("q3_report.final.pdf", "q3-report-final-pdf"),
            ("a  b", "a b"),
            ("a\u{3000}b", "a b"),
            ("報告書", ""),
            ("報告書 2024", "2024"),
            ("[x] (1)", "[x] (1)"),
            (" ", ""),
            ("a__b", "a-b"),
        ] {
            assert_eq!(legal_document_name(name), legal, "{name}");
            assert!(legal.is_empty() || is_legal_document_name(legal), "{legal}");
        }
        assert!(!is_legal_document_name(&"x".repeat(201)));
    }
}
