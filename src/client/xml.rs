//! The XML of S3's answers, which has elements and texts and nothing else that is read.

/// What is inside the first element of that name.
pub(crate) fn element<'a>(xml: &'a str, name: &str) -> Option<&'a str> {
    elements(xml, name).next()
}

/// What is inside each element of that name. Elements of one name do not contain each other.
pub(crate) fn elements<'a>(xml: &'a str, name: &str) -> impl Iterator<Item = &'a str> {
    let (open, close) = (format!("<{name}"), format!("</{name}>"));
    let mut rest = xml;
    std::iter::from_fn(move || {
        loop {
            let (_, found) = rest.split_once(open.as_str())?;
            let (tag, inner) = found.split_once('>')?;
            rest = inner;
            // Of another name that begins with this one; attributes come after a space.
            if !(tag.is_empty() || tag.starts_with([' ', '/'])) {
                continue;
            }
            if tag.ends_with('/') {
                return Some("");
            }
            let (content, after) = inner.split_once(close.as_str())?;
            rest = after;
            return Some(content);
        }
    })
}

/// The text of the first element of that name.
pub(crate) fn text(xml: &str, name: &str) -> Option<String> {
    element(xml, name).map(unescape)
}

/// `text` as it stands in XML.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let read = after.split_once(';').and_then(|(name, behind)| Some((character(name)?, behind)));
        let (character, behind) = read.unwrap_or(('&', after));
        out.push(character);
        rest = behind;
    }
    out.push_str(rest);
    out
}

fn character(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = number
                .strip_prefix('x')
                .map_or_else(|| number.parse().ok(), |hex| u32::from_str_radix(hex, 16).ok());
            char::from_u32(code?)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{elements, escape, text};

    #[test]
    fn elements_are_found_by_their_whole_names() {
        let xml = r#"<List xmlns="x"><Key>a&amp;b</Key><KeyCount>2</KeyCount><Key/><Key>c&#x26;&#38;&lt;</Key><NextToken>1&2</NextToken></List>"#;
        assert_eq!(elements(xml, "Key").collect::<Vec<_>>(), ["a&amp;b", "", "c&#x26;&#38;&lt;"]);
        assert_eq!(text(xml, "Key").as_deref(), Some("a&b"));
        assert_eq!(text(&xml[40..], "NextToken").as_deref(), Some("1&2"));
        assert_eq!(text(xml, "Absent"), None);
        assert_eq!(text("<Key>cut", "Key"), None);
    }

    #[test]
    fn what_is_escaped_is_read_again() {
        let odd = "a<b>&\"c\"&amp;";
        assert_eq!(text(&format!("<T>{}</T>", escape(odd)), "T").as_deref(), Some(odd));
    }
}
