//! The time of AWS. Signatures and the expiry of keys are about it, and the clock of this machine may be wrong.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime};

use aws_runtime::auth::sigv4::SigV4AuthScheme;
use aws_smithy_async::time::{SharedTimeSource, TimeSource};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::auth::{AuthScheme, AuthSchemeEndpointConfig, AuthSchemeId, Sign};
use aws_smithy_runtime_api::client::identity::{Identity, SharedIdentityResolver};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::runtime_components::{GetIdentityResolver, RuntimeComponents};
use aws_smithy_types::DateTime;
use aws_smithy_types::config_bag::ConfigBag;
use aws_smithy_types::date_time::Format;

/// AWS takes signatures that are five minutes off. A refusal of one that is less than four off has another reason: the SDK draws the same line.
const MAX_SKEW: Duration = Duration::from_mins(4);

/// The clock of the machine, corrected by the dates of refusals. Clones share the correction.
///
/// Answers to requests that succeed correct nothing: their signatures were right, and a gateway may date them by a wrong clock of its own. Nor does the
/// time that a request took, unlike in the SDK's correction, which takes half of the ten minutes that a model may think for skew.
#[derive(Debug, Clone)]
pub(in crate::client) struct Clock {
    machine: SharedTimeSource,
    /// Milliseconds that the machine's clock is behind.
    offset: Arc<AtomicI64>,
}

impl Clock {
    pub(in crate::client) fn new(machine: SharedTimeSource) -> Self {
        Self {
            machine,
            offset: Arc::default(),
        }
    }

    /// Corrects the clock by the dates of a request that was refused for its signature. Returns whether the signature had the wrong time, so that
    /// another one may be accepted.
    pub(in crate::client) fn correct(&self, Dates { signed, answered }: Dates) -> bool {
        if distance(signed, answered) <= MAX_SKEW {
            return false;
        }
        // Of many requests that were signed with the same wrong time, the first has corrected it.
        if distance(self.now(), answered) > MAX_SKEW {
            self.offset.store(since(self.machine_time(), answered), Ordering::Relaxed);
        }
        true
    }

    /// The time of the machine, which a correction does not change.
    pub(super) fn machine_time(&self) -> SystemTime {
        self.machine.now()
    }

    /// The time of AWS at a time of the machine, as far as it is known now.
    pub(super) fn corrected(&self, machine_time: SystemTime) -> SystemTime {
        let offset = self.offset();
        let distance = Duration::from_millis(offset.unsigned_abs());
        let corrected = if offset < 0 {
            machine_time.checked_sub(distance)
        } else {
            machine_time.checked_add(distance)
        };
        corrected.unwrap_or(machine_time)
    }

    fn offset(&self) -> i64 {
        self.offset.load(Ordering::Relaxed)
    }
}

impl TimeSource for Clock {
    fn now(&self) -> SystemTime {
        self.corrected(self.machine_time())
    }
}

/// The date of a request's signature, and that of its answer.
#[derive(Debug, Clone, Copy)]
pub(in crate::client) struct Dates {
    signed: SystemTime,
    answered: SystemTime,
}

impl Dates {
    /// `signed`: the header `x-amz-date` of the request. `None` if a header is missing or is no date.
    pub(in crate::client) fn new(signed: &str, response: &HttpResponse) -> Option<Self> {
        let answered = DateTime::from_str(response.headers().get("date")?, Format::HttpDate).ok()?;
        Some(Self {
            signed: from_basic_format(signed)?,
            answered: answered.try_into().ok()?,
        })
    }
}

/// `20260131T120000Z`.
fn from_basic_format(date: &str) -> Option<SystemTime> {
    let part = |from: usize, to: usize| date.get(from..to);
    let (year, month, day) = (part(0, 4)?, part(4, 6)?, part(6, 8)?);
    let (hour, minute, second) = (part(9, 11)?, part(11, 13)?, part(13, 15)?);
    let extended = format!("{year}-{month}-{day}T{hour}:{minute}:{second}Z");
    DateTime::from_str(&extended, Format::DateTime).ok()?.try_into().ok()
}

fn distance(one: SystemTime, other: SystemTime) -> Duration {
    Duration::from_millis(since(one, other).unsigned_abs())
}

/// The milliseconds from `start` to `end`.
fn since(start: SystemTime, end: SystemTime) -> i64 {
    let millis = |duration: Duration| i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
    match end.duration_since(start) {
        Ok(later) => millis(later),
        Err(earlier) => -millis(earlier.duration()),
    }
}

/// `SigV4` with the time of a [`Clock`]. Only signatures have it: the SDK's retries measure how long something takes, and the clock may jump.
#[derive(Debug)]
pub(super) struct SigV4WithClock {
    scheme: SigV4AuthScheme,
    clock: Clock,
}

impl SigV4WithClock {
    pub(super) fn new(clock: Clock) -> Self {
        Self {
            scheme: SigV4AuthScheme::new(),
            clock,
        }
    }
}

impl AuthScheme for SigV4WithClock {
    fn scheme_id(&self) -> AuthSchemeId {
        self.scheme.scheme_id()
    }

    fn identity_resolver(&self, resolvers: &dyn GetIdentityResolver) -> Option<SharedIdentityResolver> {
        self.scheme.identity_resolver(resolvers)
    }

    fn signer(&self) -> &dyn Sign {
        self
    }
}

impl Sign for SigV4WithClock {
    fn sign_http_request(
        &self,
        request: &mut HttpRequest,
        identity: &Identity,
        endpoint: AuthSchemeEndpointConfig<'_>,
        components: &RuntimeComponents,
        config: &ConfigBag,
    ) -> Result<(), BoxError> {
        let signer = self.scheme.signer();
        if self.clock.offset() == 0 {
            return signer.sign_http_request(request, identity, endpoint, components, config);
        }
        let components = components.to_builder().with_time_source(Some(self.clock.clone())).build()?;
        signer.sign_http_request(request, identity, endpoint, &components, config)
    }
}
