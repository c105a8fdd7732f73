//! Token usage: Converse's `TokenUsage` as LangChain's `UsageMetadata`.

use serde_json::value::RawValue;

use crate::convert::json::Object;
use crate::convert::json::writer::ObjectWriter;

/// Writes `usage` as `UsageMetadata`. As in LangChain's other integrations, `input_tokens` includes cached tokens, which Bedrock counts apart.
///
/// The parts in `input_token_details` never add up to more than `input_tokens`: cost trackers add them up. So cache writes are counted once, as
/// `cache_creation`. Their lifetimes are in `response_metadata.usage.cacheDetails`: core's sum of two usages would drop members of other names.
///
/// Converse has no count of reasoning tokens. Claude tells one in its own `usage`, which comes when `additionalModelResponseFieldPaths` has `/usage`:
/// `additional` are these fields (langchain-aws 1.9.1 reads the same member).
pub(crate) fn write_usage_metadata(usage: &Object<'_>, additional: Option<&Object<'_>>, out: &mut String) {
    let count = |name| usage.get(name).and_then(tokens);
    let cache_read = count("cacheReadInputTokens");
    let cache_write = count("cacheWriteInputTokens");
    let input = count("inputTokens")
        .unwrap_or(0)
        .saturating_add(cache_read.unwrap_or(0))
        .saturating_add(cache_write.unwrap_or(0));
    let output = count("outputTokens").unwrap_or(0);
    let total = count("totalTokens").unwrap_or(input.saturating_add(output));

    let mut object = ObjectWriter::new(out);
    object
        .raw("input_tokens", &input.to_string())
        .raw("output_tokens", &output.to_string())
        .raw("total_tokens", &total.to_string());
    if cache_read.is_some() || cache_write.is_some() {
        ObjectWriter::new(object.member("input_token_details"))
            .optional("cache_read", cache_read.map(|tokens| tokens.to_string()).as_deref())
            .optional("cache_creation", cache_write.map(|tokens| tokens.to_string()).as_deref())
            .end();
    }
    if let Some(reasoning) = additional.and_then(thinking_tokens) {
        ObjectWriter::new(object.member("output_token_details"))
            .raw("reasoning", &reasoning.to_string())
            .end();
    }
    object.end();
}

fn thinking_tokens(fields: &Object<'_>) -> Option<u64> {
    fields
        .object("usage")?
        .object("output_tokens_details")?
        .get("thinking_tokens")
        .and_then(tokens)
}

/// What an answer says of the prompt cache, in tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CacheUsage {
    /// Read from the cache.
    pub read: u64,
    /// Written to it.
    pub written: u64,
}

impl CacheUsage {
    /// Reads the body of an answer, or the payload of a stream's event `metadata`; `None` if it has no usage. A count that is absent is 0.
    #[must_use]
    pub fn of(json: &[u8]) -> Option<Self> {
        let usage = serde_json::from_slice::<Object<'_>>(json).ok()?.object("usage")?;
        let count = |name| usage.get(name).and_then(tokens).unwrap_or(0);
        Some(Self {
            read: count("cacheReadInputTokens"),
            written: count("cacheWriteInputTokens"),
        })
    }
}

fn tokens(value: &RawValue) -> Option<u64> {
    value.get().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn converted(usage: &str) -> String {
        let mut out = String::new();
        write_usage_metadata(&serde_json::from_str(usage).unwrap(), None, &mut out);
        out
    }

    #[test]
    fn reasoning_tokens_are_in_the_models_own_usage() {
        let with = |fields: &str| {
            let mut out = String::new();
            let usage = serde_json::from_str(r#"{"inputTokens":1,"outputTokens":9}"#).unwrap();
            write_usage_metadata(&usage, Some(&serde_json::from_str(fields).unwrap()), &mut out);
            out
        };
        let counted = with(r#"{"usage":{"output_tokens_details":{"thinking_tokens":7}}}"#);
        assert_eq!(
            counted,
            r#"{"input_tokens":1,"output_tokens":9,"total_tokens":10,"output_token_details":{"reasoning":7}}"#
        );
        for nothing in ["{}", r#"{"usage":3}"#, r#"{"usage":{"output_tokens_details":{"thinking_tokens":"7"}}}"#] {
            assert_eq!(with(nothing), r#"{"input_tokens":1,"output_tokens":9,"total_tokens":10}"#);
        }
    }

    #[test]
    fn cached_tokens_are_input_tokens_too() {
        assert_eq!(
            converted(r#"{"inputTokens":1,"outputTokens":2,"totalTokens":33,"cacheReadInputTokens":10,"cacheWriteInputTokens":20}"#),
            r#"{"input_tokens":31,"output_tokens":2,"total_tokens":33,"input_token_details":{"cache_read":10,"cache_creation":20}}"#
        );
    }

    #[test]
    fn cache_writes_are_counted_once() {
        let details = r#""cacheDetails":[{"ttl":"5m","inputTokens":300},{"ttl":"1h","inputTokens":200}]"#;
        let parts = |cached: &str| converted(&format!(r#"{{"inputTokens":7,"outputTokens":1,"totalTokens":508{cached},{details}}}"#));
        for (cached, input_tokens, details) in [
            (r#","cacheWriteInputTokens":500"#, 507, r#""cache_creation":500"#),
            (
                r#","cacheReadInputTokens":9,"cacheWriteInputTokens":500"#,
                516,
                r#""cache_read":9,"cache_creation":500"#,
            ),
            (r#","cacheWriteInputTokens":0"#, 7, r#""cache_creation":0"#),
        ] {
            let expected = format!(r#"{{"input_tokens":{input_tokens},"output_tokens":1,"total_tokens":508,"input_token_details":{{{details}}}}}"#);
            assert_eq!(parts(cached), expected);
        }
    }

    #[test]
    fn what_is_said_of_the_cache_is_read_alone() {
        let cache = |read, written| Some(CacheUsage { read, written });
        assert_eq!(
            CacheUsage::of(br#"{"usage":{"cacheReadInputTokens":3,"cacheWriteInputTokens":4}}"#),
            cache(3, 4)
        );
        assert_eq!(CacheUsage::of(br#"{"usage":{"cacheWriteInputTokens":"4"}}"#), cache(0, 0));
        assert_eq!(CacheUsage::of(br#"{"metrics":{}}"#), None);
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
