//! What the services answer.

use crate::support::{Answer, SECRET, Seen, answer};

pub(crate) const EXPIRES: &str = "2026-01-02T01:00:00Z";

/// STS, which names the keys by the role's last part and the action.
pub(crate) fn sts(request: &Seen) -> Answer {
    let form = &request.body;
    if !form.starts_with("Action=AssumeRole") {
        return answer(404, "");
    }
    let field = |name: &str| form.split('&').find_map(|pair| pair.strip_prefix(&format!("{name}=")));
    let role = field("RoleArn").unwrap_or_default().rsplit("%2F").next().unwrap_or_default().to_owned();
    if role == "refused" {
        return answer(
            403,
            "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>Not &lt;you&gt;.</Message></Error><RequestId>1</RequestId></ErrorResponse>",
        );
    }
    let action = field("Action").unwrap_or_default();
    answer(
        200,
        format!(
            "<{action}Response xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><{action}Result><AssumedRoleUser><AssumedRoleId>AROA:me</AssumedRoleId><Arn>arn:aws:sts::123456789012:assumed-role/{role}/me</Arn></AssumedRoleUser><Credentials><AccessKeyId>ASIA-{role}</AccessKeyId><SecretAccessKey>{SECRET}</SecretAccessKey><SessionToken>token-of-{role}</SessionToken><Expiration>{EXPIRES}</Expiration></Credentials></{action}Result></{action}Response>"
        ),
    )
}

pub(crate) fn document() -> String {
    format!(r#"{{"Code":"Success","AccessKeyId":"ASIA-document","SecretAccessKey":"{SECRET}","Token":"token","Expiration":"{EXPIRES}"}}"#)
}

/// The metadata of an instance with a role.
pub(crate) fn instance(request: &Seen) -> Answer {
    let path = request.url.split_once("/latest").map_or("", |(_, path)| path);
    if request.method == "PUT" && path == "/api/token" {
        return Some((
            200,
            vec![("x-aws-ec2-metadata-token-ttl-seconds", "21600".to_owned())],
            "a-token".to_owned(),
        ));
    }
    if request.headers.get("x-aws-ec2-metadata-token").is_none_or(|token| token != "a-token") {
        return answer(401, "");
    }
    match path {
        "/meta-data/iam/security-credentials/" => answer(200, "a-role"),
        "/meta-data/iam/security-credentials/a-role" => answer(200, document()),
        "/meta-data/placement/region" => answer(200, "af-south-1"),
        _ => answer(404, ""),
    }
}

pub(crate) fn container(_request: &Seen) -> Answer {
    answer(200, document())
}

pub(crate) fn nobody(_request: &Seen) -> Answer {
    None
}

/// The portal and the token endpoint of IAM Identity Center.
pub(crate) fn sso(request: &Seen) -> Answer {
    if request.url.ends_with("/token") {
        return answer(
            200,
            r#"{"accessToken":"renewed","expiresIn":28800,"refreshToken":"next-refresh","tokenType":"Bearer"}"#,
        );
    }
    match request.headers.get("x-amz-sso_bearer_token").map(String::as_str) {
        Some("good" | "renewed") => answer(
            200,
            format!(
                r#"{{"roleCredentials":{{"accessKeyId":"ASIA-sso","secretAccessKey":"{SECRET}","sessionToken":"token","expiration":1767315600000}}}}"#
            ),
        ),
        _ => answer(
            401,
            r#"{"__type":"com.amazonaws#UnauthorizedException","message":"Session token not found or invalid"}"#,
        ),
    }
}
