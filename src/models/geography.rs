//! The id of a model in another region: inference profiles are named after the geography of the region in which they are called.
//!
//! <https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-support.html>, 2026-11: the source regions of each profile.

use serde_json::Value;

use super::table::look_up;

/// The geographies of regions whose names begin so, the most local first. Not every model has a profile in each.
const GEOGRAPHIES: [(&str, &[&str]); 13] = [
    ("us-gov-", &["us-gov"]),
    ("us-", &["us"]),
    ("ca-", &["ca", "us"]),
    ("eu-", &["eu"]),
    ("il-central-1", &["eu"]),
    ("ap-northeast-1", &["jp", "apac"]),
    ("ap-northeast-3", &["jp", "apac"]),
    ("ap-southeast-2", &["au", "apac"]),
    ("ap-southeast-4", &["au", "apac"]),
    ("ap-south-1", &["in", "apac"]),
    ("ap-south-2", &["in", "apac"]),
    ("ap-", &["apac"]),
    ("me-central-1", &["apac"]),
];

const PREFIXES: [&str; 9] = ["us", "eu", "apac", "jp", "au", "ca", "in", "us-gov", "global"];

/// The id or ARN by which the same model is called in `region`. A plain id, and a `global.` one, are the same everywhere.
///
/// # Errors
/// One sentence for an ARN that exists in its own region only, and for a model that is known to have no profile for `region`.
pub fn id_in_region(id: &str, region: &str) -> Result<String, String> {
    match id.splitn(6, ':').collect::<Vec<_>>().as_slice() {
        ["arn", partition, service, own, account, resource] => {
            if *own == region {
                return Ok(id.to_owned());
            }
            let resource = resource_in_region(resource, region).unwrap_or_else(|| Err(format!("{id} exists in {own} only")))?;
            Ok(format!("arn:{partition}:{service}:{region}:{account}:{resource}"))
        }
        _ => profile_in_region(id, region),
    }
}

/// `None` for a resource of one region.
fn resource_in_region(resource: &str, region: &str) -> Option<Result<String, String>> {
    if resource.starts_with("foundation-model/") {
        return Some(Ok(resource.to_owned()));
    }
    let id = resource.strip_prefix("inference-profile/")?;
    Some(profile_in_region(id, region).map(|id| format!("inference-profile/{id}")))
}

fn profile_in_region(id: &str, region: &str) -> Result<String, String> {
    let Some((prefix, model)) = id
        .split_once('.')
        .filter(|(prefix, model)| PREFIXES.contains(prefix) && model.contains('.'))
    else {
        return Ok(id.to_owned());
    };
    let known = GEOGRAPHIES.iter().find(|(start, _)| region.starts_with(start));
    let geographies = known.map_or(&[][..], |(_, geographies)| geographies);
    if prefix == "global" || geographies.contains(&prefix) {
        return Ok(id.to_owned());
    }
    let known = look_up(model);
    let found = match known.facts.get("geographies").and_then(Value::as_array) {
        Some(of_model) => geographies
            .iter()
            .find(|geography| of_model.iter().any(|it| it.as_str() == Some(geography))),
        // Of a model that is not known: the profile of the whole continent.
        None => geographies.last(),
    };
    match found {
        Some(geography) => Ok(format!("{geography}.{model}")),
        None => Err(format!("no inference profile of {model} is known for {region}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_is_called_by_the_name_of_the_regions_geography() {
        for (id, region, expected) in [
            (
                "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
                "eu-west-1",
                "eu.anthropic.claude-sonnet-4-5-20250929-v1:0",
            ),
            (
                "eu.anthropic.claude-sonnet-4-5-20250929-v1:0",
                "us-west-2",
                "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
            ),
            (
                "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
                "us-west-2",
                "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
            ),
            (
                "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
                "ca-central-1",
                "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
            ),
            (
                "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
                "ap-northeast-1",
                "jp.anthropic.claude-sonnet-4-5-20250929-v1:0",
            ),
            (
                "jp.anthropic.claude-sonnet-4-5-20250929-v1:0",
                "ap-southeast-2",
                "au.anthropic.claude-sonnet-4-5-20250929-v1:0",
            ),
            ("apac.amazon.nova-pro-v1:0", "us-east-1", "us.amazon.nova-pro-v1:0"),
            ("us.amazon.nova-pro-v1:0", "ap-northeast-1", "apac.amazon.nova-pro-v1:0"),
            ("us.amazon.nova-lite-v1:0", "ap-southeast-1", "apac.amazon.nova-lite-v1:0"),
            ("us.amazon.nova-pro-v1:0", "il-central-1", "eu.amazon.nova-pro-v1:0"),
            ("us.somebody.new-model-v1:0", "ap-northeast-1", "apac.somebody.new-model-v1:0"),
            (
                "global.anthropic.claude-sonnet-4-5-20250929-v1:0",
                "sa-east-1",
                "global.anthropic.claude-sonnet-4-5-20250929-v1:0",
            ),
            (
                "anthropic.claude-3-haiku-20240307-v1:0",
                "eu-west-1",
                "anthropic.claude-3-haiku-20240307-v1:0",
            ),
            ("a-gateways-model", "eu-west-1", "a-gateways-model"),
        ] {
            assert_eq!(id_in_region(id, region), Ok(expected.to_owned()), "{id} in {region}");
        }
    }

    #[test]
    fn an_arn_of_a_model_or_of_a_profile_of_aws_is_moved() {
        for (id, region, expected) in [
            (
                "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-sonnet-4-5-20250929-v1:0",
                "eu-west-1",
                "arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.anthropic.claude-sonnet-4-5-20250929-v1:0",
            ),
            (
                "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0",
                "us-west-2",
                "arn:aws:bedrock:us-west-2::foundation-model/amazon.nova-pro-v1:0",
            ),
            (
                "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc",
                "us-east-1",
                "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc",
            ),
        ] {
            assert_eq!(id_in_region(id, region), Ok(expected.to_owned()));
        }
    }

    #[test]
    fn what_cannot_be_moved_is_said() {
        let arn = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc";
        assert_eq!(id_in_region(arn, "eu-west-1"), Err(format!("{arn} exists in us-east-1 only")));
        let none = id_in_region("us.meta.llama4-scout-17b-instruct-v1:0", "eu-west-1");
        assert_eq!(
            none,
            Err("no inference profile of meta.llama4-scout-17b-instruct-v1:0 is known for eu-west-1".to_owned())
        );
        assert!(id_in_region("us.amazon.nova-pro-v1:0", "sa-east-1").is_err());
    }
}
