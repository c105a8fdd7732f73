//! Token usage: Converse's `TokenUsage` as LangChain's `UsageMetadata`.

use serde_json::value::RawValue;

use crate::convert::json::writer::ObjectWriter;
use crate::convert::json::{self, Object};

/// Writes `usage` as `UsageMetadata`. As in LangChain's other integrations, `input_tokens` counts cached tokens too, which Bedrock counts apart.
///
/// What was written to the cache is also told apart by lifetime, as `ephemeral_5m_input_tokens` and `ephemeral_1h_input_tokens`.
pub(crate) fn write_usage_metadata(usage: &Object<'_>, out: &mut String) {
    let count = |name| usage.get(name).and_then(tokens);
    let (cache_read, cache_write) = (count("cacheReadInputTokens"), count("cacheWriteInputTokens"));
    let input = count("inputTokens")
        .unwrap_or(0)
        .saturating_add(cache_read.unwrap_or(0))
        .saturating_add(cache_write.unwrap_or(0));
    let output = count("outputTokens").unwrap_or(0);
    let total = count("totalTokens").unwrap_or(input.saturating_add(output));

    let mut details = Vec::new();
    details.extend(cache_read.map(|tokens| ("cache_read".to_owned(), tokens)));
    details.extend(cache_write.map(|tokens| ("cache_creation".to_owned(), tokens)));
    for (ttl, tokens) in usage.get("cacheDetails").map(cache_details).unwrap_or_default() {
        details.push((format!("ephemeral_{ttl}_input_tokens"), tokens));
    }

    let mut object = ObjectWriter::new(out);
    object
        .raw("input_tokens", &input.to_string())
        .raw("output_tokens", &output.to_string())
        .raw("total_tokens", &total.to_string());
    if !details.is_empty() {
        let mut details_object = ObjectWriter::new(object.member("input_token_details"));
        for (name, tokens) in details {
            details_object.raw(&name, &tokens.to_string());
        }
        details_object.end();
    }
    object.end();
}

/// Tokens written to the cache for each lifetime, in the order they came. A lifetime that comes twice is counted once, with both numbers.
fn cache_details(value: &RawValue) -> Vec<(String, u64)> {
    let mut sums: Vec<(String, u64)> = Vec::new();
    for detail in json::array(value).unwrap_or_default().into_iter().filter_map(Object::read) {
        let (Some(ttl), Some(tokens)) = (detail.text("ttl"), detail.get("inputTokens").and_then(tokens)) else {
            continue;
        };
        match sums.iter_mut().find(|(known, _)| *known == ttl) {
            Some((_, sum)) => *sum = sum.saturating_add(tokens),
            None => sums.push((ttl.into_owned(), tokens)),
        }
    }
    sums
}

fn tokens(value: &RawValue) -> Option<u64> {
    value.get().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn converted(usage: &str) -> String {
        let mut out = String::new();
        write_usage_metadata(&serde_json::from_str(usage).unwrap(), &mut out);
        out
    }

    #[test]
    fn cached_tokens_are_input_tokens_too() {
        assert_eq!(
            converted(r#"{"inputTokens":1,"outputTokens":2,"totalTokens":33,"cacheReadInputTokens":10,"cacheWriteInputTokens":20}"#),
            r#"{"input_tokens":31,"output_tokens":2,"total_tokens":33,"input_token_details":{"cache_read":10,"cache_creation":20}}"#
        );
    }

    #[test]
    fn cache_writes_are_told_apart_by_lifetime() {
        assert_eq!(
            converted(r#"{"cacheDetails":[{"ttl":"5m","inputTokens":4},{"ttl":"1h","inputTokens":6},{"ttl":"5m","inputTokens":1},7,{"ttl":"5m"}]}"#),
            r#"{"input_tokens":0,"output_tokens":0,"total_tokens":0,"input_token_details":{"ephemeral_5m_input_tokens":5,"ephemeral_1h_input_tokens":6}}"#
        );
    }

    #[test]
    fn what_is_no_count_counts_nothing_and_sums_do_not_overflow() {
        assert_eq!(
            converted(r#"{"inputTokens":-1,"outputTokens":"x"}"#),
            r#"{"input_tokens":0,"output_tokens":0,"total_tokens":0}"#
        );
        assert_eq!(
            converted(r#"{"inputTokens":18446744073709551615,"outputTokens":1}"#),
            r#"{"input_tokens":18446744073709551615,"output_tokens":1,"total_tokens":18446744073709551615}"#
        );
    }
}
