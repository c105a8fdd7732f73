//! Ids of models in every form that Bedrock takes them: plain, with a geo prefix, with a version and a context length, and inside an ARN.

/// The parts of an id that name a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ModelId {
    /// The id without geo prefix and context length, in lower case: `anthropic.claude-haiku-4-5-20251001-v1:0`.
    pub(super) base: String,
    /// The base without its version: `anthropic.claude-haiku-4-5-20251001`. Rules are about it.
    pub(super) name: String,
    /// The context window in tokens, where the id says it: `:24k` of provisioned throughput.
    pub(super) context: Option<u32>,
}

/// Resources of ARNs that contain a model's id. Those of application inference profiles, provisioned throughput, custom model deployments, imported
/// models and prompts do not.
const NAMING_RESOURCES: [&str; 4] = ["foundation-model/", "inference-profile/", "custom-model/", "default-prompt-router/"];

/// Names that are also written without their provider.
const WITHOUT_PROVIDER: [(&str, &str); 2] = [("claude", "anthropic."), ("nova-", "amazon.")];

impl ModelId {
    /// Reads an id or an ARN. `None` when it does not name a model.
    pub(super) fn read(id: &str, is_provider: impl Fn(&str) -> bool) -> Option<Self> {
        let id = id.trim().to_ascii_lowercase();
        let named = if id.starts_with("arn:") { id_in_arn(&id)? } else { id.as_str() };
        let id = match WITHOUT_PROVIDER.iter().find(|(name, _)| named.starts_with(name)) {
            Some((_, provider)) => format!("{provider}{named}"),
            None => without_geo(named, is_provider).to_owned(),
        };
        let (base, context) = split_context(&id);
        let name = without_version(base).to_owned();
        Some(Self {
            base: base.to_owned(),
            name,
            context,
        })
    }

    /// The name without the date of its release.
    pub(super) fn undated(&self) -> &str {
        undated(&self.name)
    }
}

/// `arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-lite-v1:0` → `us.amazon.nova-lite-v1:0`. A custom model's ARN has the id of
/// the model that it was made from, and a part of its own behind it.
fn id_in_arn(arn: &str) -> Option<&str> {
    let resource = arn.splitn(6, ':').nth(5)?;
    let id = NAMING_RESOURCES.iter().find_map(|kind| resource.strip_prefix(kind))?;
    id.split('/').next()
}

/// Removes what stands before the provider: the geo prefix of an inference profile (`us.`, `global.`, …), known or not.
fn without_geo(id: &str, is_provider: impl Fn(&str) -> bool) -> &str {
    match id.split_once('.') {
        Some((first, rest)) if !is_provider(first) && rest.split_once('.').is_some_and(|(provider, _)| is_provider(provider)) => rest,
        _ => id,
    }
}

/// `amazon.nova-pro-v1:0:24k` → the id, and 24,000.
fn split_context(id: &str) -> (&str, Option<u32>) {
    let Some((base, length)) = id.rsplit_once(':').filter(|(base, _)| base.contains(':')) else {
        return (id, None);
    };
    let thousands = length.strip_suffix('k').and_then(|digits| digits.parse::<u32>().ok());
    (base, thousands.and_then(|thousands| thousands.checked_mul(1000)))
}

pub(super) fn without_version(id: &str) -> &str {
    let id = id.split(':').next().unwrap_or(id);
    match id.rsplit_once("-v") {
        Some((name, version)) if is_digits(version) => name,
        _ => id,
    }
}

pub(super) fn undated(name: &str) -> &str {
    match name.rsplit_once('-') {
        Some((undated, date)) if date.len() == 8 && is_digits(date) => undated,
        _ => name,
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The id of the inference profile of a model for a region: `us.` before the id in `us-east-1`. `None` for an ARN, or an id that has a prefix.
/// <https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-support.html>
#[must_use]
pub fn inference_profile(id: &str, region: &str) -> Option<String> {
    // A plain id has one dot before its name, which may have further dots of versions: `openai.gpt-5.6-sol`.
    let has_prefix = id.split_once('.').is_none_or(|(first, _)| GEO_PREFIXES.contains(&first));
    if id.contains('/') || id.starts_with("arn:") || has_prefix {
        return None;
    }
    let (_, geo) = GEO_PREFIX_OF_REGION.iter().find(|(start, _)| region.starts_with(start))?;
    Some(format!("{geo}.{id}"))
}

const GEO_PREFIXES: [&str; 9] = ["us", "eu", "apac", "jp", "au", "ca", "in", "us-gov", "global"];

const GEO_PREFIX_OF_REGION: [(&str, &str); 5] = [("us-gov-", "us-gov"), ("us-", "us"), ("eu-", "eu"), ("ap-", "apac"), ("", "global")];

/// Whether a name matches a pattern, in which `*` stands for any text.
pub(super) fn matches(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| name.strip_prefix(first)) else {
        return false;
    };
    let Some(last) = parts.next_back() else {
        return rest.is_empty();
    };
    for part in parts {
        match rest.split_once(part) {
            Some((_, behind)) => rest = behind,
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(id: &str) -> Option<(String, String, Option<u32>)> {
        let read = ModelId::read(id, |provider| matches!(provider, "anthropic" | "amazon" | "openai" | "meta"))?;
        Some((read.base, read.name, read.context))
    }

    #[test]
    fn every_form_of_an_id_names_the_same_model() {
        let haiku = (
            "anthropic.claude-haiku-4-5-20251001-v1:0".to_owned(),
            "anthropic.claude-haiku-4-5-20251001".to_owned(),
            None,
        );
        for id in [
            "anthropic.claude-haiku-4-5-20251001-v1:0",
            "us.anthropic.claude-haiku-4-5-20251001-v1:0",
            "US-GOV.anthropic.claude-haiku-4-5-20251001-v1:0",
            "mars.anthropic.claude-haiku-4-5-20251001-v1:0",
            "claude-haiku-4-5-20251001-v1:0",
            "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-haiku-4-5-20251001-v1:0",
            "arn:aws-us-gov:bedrock:us-gov-west-1:123456789012:inference-profile/global.anthropic.claude-haiku-4-5-20251001-v1:0",
        ] {
            assert_eq!(read(id), Some(haiku.clone()), "{id}");
        }
    }

    #[test]
    fn versions_contexts_and_custom_models() {
        let nova = |context| Some(("amazon.nova-pro-v1:0".to_owned(), "amazon.nova-pro".to_owned(), context));
        assert_eq!(read("amazon.nova-pro-v1:0:24k"), nova(Some(24_000)));
        assert_eq!(
            read("arn:aws:bedrock:us-east-1:123456789012:custom-model/amazon.nova-pro-v1:0:300k/abc123def456"),
            nova(Some(300_000))
        );
        assert_eq!(
            read("openai.gpt-oss-120b-1:0"),
            Some(("openai.gpt-oss-120b-1:0".to_owned(), "openai.gpt-oss-120b-1".to_owned(), None))
        );
        assert_eq!(
            read("us.openai.gpt-5.6-sol"),
            Some(("openai.gpt-5.6-sol".to_owned(), "openai.gpt-5.6-sol".to_owned(), None))
        );
    }

    #[test]
    fn arns_that_name_no_model() {
        for resource in [
            "application-inference-profile/claude",
            "provisioned-model/nova",
            "imported-model/x",
            "prompt/AAAA:1",
            "custom-model-deployment/x",
        ] {
            assert_eq!(read(&format!("arn:aws:bedrock:us-east-1:123456789012:{resource}")), None, "{resource}");
        }
        assert_eq!(read("arn:aws:sagemaker:us-east-1:123456789012:endpoint/claude"), None);
    }

    #[test]
    fn patterns() {
        for (pattern, name, expected) in [
            ("anthropic.claude-opus-5", "anthropic.claude-opus-5", true),
            ("anthropic.claude-opus-5", "anthropic.claude-opus-5-5", false),
            ("anthropic.claude-opus-5*", "anthropic.claude-opus-5-5", true),
            ("*.claude-*-5", "anthropic.claude-opus-5", true),
            ("*.claude-*-5", "anthropic.claude-opus-4", false),
            ("meta.*", "meta.llama3", true),
            ("a*a", "a", false),
        ] {
            assert_eq!(matches(pattern, name), expected, "{pattern} {name}");
        }
    }
}
