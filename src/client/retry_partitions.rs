//! The retry quotas of a process: one for each target and model, so that a model that is throttled does not use up the retries of another, nor a region
//! those of another. The SDK's own is one for each region. Clients of the same target share theirs.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::SystemTime;

use aws_sdk_bedrockruntime::config::retry::{ClientRateLimiter, RetryPartition, TokenBucket};

/// Targets that no client uses are forgotten when there are so many.
const MAX_TARGETS: usize = 64;

/// Model ids come from callers, so their number is limited: one more, and all quotas of the target are full again.
const MAX_SUBJECTS: usize = 256;

static TARGETS: LazyLock<Mutex<HashMap<Target, Arc<RetryPartitions>>>> = LazyLock::new(Mutex::default);

/// Where requests go.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Target {
    pub(super) region: String,
    /// A URL in place of the region's endpoint.
    pub(super) endpoint_url: Option<String>,
    pub(super) use_fips: bool,
    pub(super) use_dual_stack: bool,
    /// Whether retries cost what the SDK's Retry Behavior 2.1 says, which the environment may choose.
    pub(super) has_new_costs: bool,
}

/// The quotas of a target.
#[derive(Debug)]
pub(super) struct RetryPartitions {
    has_new_costs: bool,
    by_subject: Mutex<HashMap<String, RetryPartition>>,
}

/// The quotas of a target, which all its clients share.
pub(super) fn partitions_of(target: Target) -> Arc<RetryPartitions> {
    let mut targets = TARGETS.lock().unwrap_or_else(PoisonError::into_inner);
    if targets.len() >= MAX_TARGETS && !targets.contains_key(&target) {
        targets.retain(|_, partitions| Arc::strong_count(partitions) > 1);
    }
    let new = RetryPartitions {
        has_new_costs: target.has_new_costs,
        by_subject: Mutex::default(),
    };
    Arc::clone(targets.entry(target).or_insert_with(|| Arc::new(new)))
}

impl RetryPartitions {
    /// The quota of a model, or of another operation by its name. One that exists is returned without an allocation.
    pub(super) fn of(&self, subject: &str) -> RetryPartition {
        let mut partitions = self.by_subject.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(partition) = partitions.get(subject) {
            return partition.clone();
        }
        if partitions.len() >= MAX_SUBJECTS {
            partitions.clear();
        }
        let partition = self.create();
        partitions.insert(subject.to_owned(), partition.clone());
        partition
    }

    /// A custom partition owns its quota; the SDK would keep a named one for ever.
    fn create(&self) -> RetryPartition {
        let costs = TokenBucket::builder().retry_cost(14).throttling_retry_cost(5).timeout_retry_cost(14);
        let since_epoch = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        RetryPartition::custom("model")
            .token_bucket(if self.has_new_costs { costs.build() } else { TokenBucket::default() })
            .client_rate_limiter(ClientRateLimiter::new(since_epoch.as_secs_f64()))
            .build()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(region: &str) -> Target {
        Target {
            region: region.to_owned(),
            endpoint_url: None,
            use_fips: false,
            use_dual_stack: false,
            has_new_costs: false,
        }
    }

    #[test]
    fn clients_of_a_target_share_its_quotas_and_targets_do_not() {
        let here = partitions_of(target("one-region"));
        assert!(Arc::ptr_eq(&here, &partitions_of(target("one-region"))));
        assert!(!Arc::ptr_eq(&here, &partitions_of(target("another-region"))));
    }

    #[test]
    fn the_number_of_quotas_is_limited() {
        let partitions = partitions_of(target("a-region-of-many-models"));
        for index in 0..3 * MAX_SUBJECTS {
            partitions.of(&format!("model-{index}"));
        }
        assert!(partitions.by_subject.lock().unwrap().len() <= MAX_SUBJECTS);
        for index in 0..3 * MAX_TARGETS {
            partitions_of(target(&format!("region-{index}")));
        }
        assert!(TARGETS.lock().unwrap().len() <= MAX_TARGETS + 1);
    }
}
