//! When a server wants to be asked again.

use std::time::{Duration, SystemTime};

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;

/// The wait that a response asks for: AWS's `x-amz-retry-after` (milliseconds), else `retry-after` of HTTP, seconds or a date (RFC 9110, 10.2.3). A date
/// that has passed is no wait. What is neither is passed over.
pub(super) fn retry_after(response: &HttpResponse) -> Option<Duration> {
    let milliseconds = response.headers().get("x-amz-retry-after").and_then(|value| value.parse().ok());
    milliseconds
        .map(Duration::from_millis)
        .or_else(|| from_header(response.headers().get("retry-after")?.trim()))
}

fn from_header(value: &str) -> Option<Duration> {
    if let Ok(seconds) = value.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let date = DateTime::from_str(value, Format::HttpDate).ok()?;
    let when = SystemTime::try_from(date).ok()?;
    Some(when.duration_since(SystemTime::now()).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_and_dates_are_waits_and_anything_else_is_none() {
        assert_eq!(from_header("3"), Some(Duration::from_secs(3)));
        assert_eq!(from_header("0.5"), Some(Duration::from_millis(500)));
        assert_eq!(from_header("Wed, 21 Oct 2015 07:28:00 GMT"), Some(Duration::ZERO));
        let later = DateTime::from(SystemTime::now() + Duration::from_mins(1));
        let wait = from_header(&later.fmt(Format::HttpDate).unwrap()).unwrap();
        assert!((Duration::from_secs(50)..=Duration::from_mins(1)).contains(&wait), "{wait:?}");
        for nothing in ["", "-1", "NaN", "1e300", "tomorrow"] {
            assert_eq!(from_header(nothing), None, "{nothing}");
        }
    }
}
