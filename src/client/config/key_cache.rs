//! The keys of a client: fetched once for all of its requests, and again, in the background, before they expire.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, SystemTime};

use aws_credential_types::provider::ProvideCredentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::identity::{Identity, IdentityFuture, ResolveCachedIdentity, SharedIdentityResolver};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::{ConfigBag, Storable, StoreReplace};
use tokio::sync::watch;
use tokio::task::AbortHandle;

use super::clock::Clock;
use super::key_source::KeySource;

/// How long before they expire keys are not used any more: a request has to arrive before that. The SDK's own cache has the same.
const SAFETY_MARGIN: Duration = Duration::from_secs(10);

/// For how long before that keys are fetched again while requests still use them. With the margin it is the five minutes of AWS's client for JavaScript.
const REFRESH_WINDOW: Duration = Duration::from_secs(290);

/// After a refresh that failed: none is begun for so long, while there are good keys.
const RETRY_PAUSE: Duration = Duration::from_secs(10);

/// The time limit for fetching credentials. It is long because a provider may ask the user for a one-time password; a call has its own, shorter limits.
const LOAD_TIMEOUT: Duration = Duration::from_hours(1);

/// The keys of a client's source. Cheap to clone: clones have the same keys.
#[derive(Debug, Clone)]
pub(in crate::client) struct KeyCache(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    source: Arc<KeySource>,
    clock: Clock,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    keys: Option<Keys>,
    /// The fetch under way.
    fetch: Option<Fetch>,
    /// How many fetches were begun.
    fetches: u64,
}

#[derive(Debug)]
struct Keys {
    identity: Identity,
    /// The number of the fetch that brought them.
    version: u64,
    /// By the machine's clock.
    fetched: SystemTime,
    /// The time that they had left when they were fetched, as far as the clock of AWS was known then.
    had: Duration,
    /// After a refresh that failed: until when none is begun, by the machine's clock.
    paused: Option<SystemTime>,
}

/// One fetch for all that need its keys. It runs on its own: a call that ends does not end it for the others.
#[derive(Debug)]
struct Fetch {
    number: u64,
    outcome: watch::Receiver<Option<Fetched>>,
    /// How many calls wait for it.
    waiting: usize,
    task: AbortHandle,
}

type Fetched = Result<Identity, FetchError>;

/// The failure of a fetch, for all that waited for it.
#[derive(Debug, Clone)]
struct FetchError(Arc<CredentialsError>);

impl std::fmt::Display for FetchError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("the keys could not be fetched")
    }
}

impl std::error::Error for FetchError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&*self.0)
    }
}

/// Which keys a call has used: the version that [`KeyCache`] gave it last.
#[derive(Debug, Clone, Default)]
pub(in crate::client) struct UsedKeys(Arc<AtomicU64>);

impl UsedKeys {
    fn record(config: &ConfigBag, version: u64) {
        if let Some(Self(used)) = config.load::<Self>() {
            used.store(version, Ordering::Relaxed);
        }
    }

    fn version(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Storable for UsedKeys {
    type Storer = StoreReplace<Self>;
}

impl KeyCache {
    pub(super) fn new(source: Arc<KeySource>, clock: Clock) -> Self {
        Self(Arc::new(Shared {
            source,
            clock,
            state: Mutex::default(),
        }))
    }

    /// Drops keys that were refused, unless others have come since: many calls ask for new keys once.
    pub(in crate::client) fn refuse(&self, used: &UsedKeys) {
        let mut state = self.0.lock();
        if state.keys.take_if(|keys| keys.version == used.version()).is_none() {
            return;
        }
        self.0.source.forget();
        // A refresh in the background may have asked before there were others.
        if let Some(fetch) = state.fetch.take_if(|fetch| fetch.waiting == 0) {
            fetch.task.abort();
        }
    }
}

impl ResolveCachedIdentity for KeyCache {
    /// The only resolver of a client is its source.
    fn resolve_cached_identity<'a>(
        &'a self,
        _resolver: SharedIdentityResolver,
        _components: &'a RuntimeComponents,
        config: &'a ConfigBag,
    ) -> IdentityFuture<'a> {
        match self.0.find() {
            Ok((identity, version)) => {
                UsedKeys::record(config, version);
                IdentityFuture::ready(Ok(identity))
            }
            Err(mut waiter) => IdentityFuture::new(async move {
                let identity = waiter.wait().await?;
                UsedKeys::record(config, waiter.fetch);
                Ok(identity)
            }),
        }
    }
}

impl Shared {
    /// The keys and their version, or a fetch to wait for. Begins one if there are no good keys, or if they expire soon.
    fn find(self: &Arc<Self>) -> Result<(Identity, u64), Waiter> {
        let now = self.clock.machine_time();
        let mut guard = self.lock();
        let state = &mut *guard;
        if let Some(keys) = state.keys.as_ref().filter(|keys| keys.are_good(&self.clock, now)) {
            let found = (keys.identity.clone(), keys.version);
            if keys.are_due(&self.clock, now) {
                self.fetch(state);
            }
            return Ok(found);
        }
        let fetch = self.fetch(state);
        fetch.waiting += 1;
        Err(Waiter {
            shared: Arc::clone(self),
            fetch: fetch.number,
            outcome: fetch.outcome.clone(),
        })
    }

    /// The fetch under way, or else a new one.
    fn fetch<'a>(self: &Arc<Self>, state: &'a mut State) -> &'a mut Fetch {
        // One that has panicked is over without an outcome.
        let under_way = state.fetch.take_if(|fetch| !fetch.task.is_finished());
        let fetch = under_way.unwrap_or_else(|| {
            state.fetches += 1;
            self.begin(state.fetches)
        });
        state.fetch.insert(fetch)
    }

    fn begin(self: &Arc<Self>, number: u64) -> Fetch {
        let (sender, outcome) = watch::channel(None);
        let (source, shared) = (Arc::clone(&self.source), Arc::downgrade(self));
        let task = tokio::spawn(async move {
            let fetched = fetch_from(&source).await;
            if let Some(shared) = Weak::upgrade(&shared) {
                shared.store(number, &fetched);
            }
            sender.send_replace(Some(fetched));
        });
        Fetch {
            number,
            outcome,
            waiting: 0,
            task: task.abort_handle(),
        }
    }

    fn store(&self, number: u64, fetched: &Fetched) {
        let now = self.clock.machine_time();
        let mut state = self.lock();
        if state.fetch.take_if(|fetch| fetch.number == number).is_none() {
            return;
        }
        let good = state.keys.as_mut().filter(|keys| keys.are_good(&self.clock, now));
        match (fetched.as_ref().map(|identity| Keys::new(identity, number, &self.clock, now)), good) {
            // New keys that have expired are no better than a failure.
            (Ok(new), Some(old)) if !new.are_good(&self.clock, now) => old.pause(now),
            (Err(_), Some(old)) => old.pause(now),
            (Ok(new), _) => state.keys = Some(new),
            (Err(_), None) => {}
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Nobody needs the keys of a client that is closed.
impl Drop for Shared {
    fn drop(&mut self) {
        if let Some(fetch) = self.lock().fetch.take() {
            fetch.task.abort();
        }
    }
}

async fn fetch_from(source: &KeySource) -> Fetched {
    let fetched = tokio::time::timeout(LOAD_TIMEOUT, source.provide_credentials()).await;
    let keys = fetched.unwrap_or_else(|_| Err(CredentialsError::provider_timed_out(LOAD_TIMEOUT)));
    keys.map(Identity::from).map_err(|error| FetchError(Arc::new(error)))
}

impl Keys {
    /// `now` is a time of the machine here and below.
    fn new(identity: &Identity, version: u64, clock: &Clock, now: SystemTime) -> Self {
        let mut keys = Self {
            identity: identity.clone(),
            version,
            fetched: now,
            had: Duration::ZERO,
            paused: None,
        };
        keys.had = keys.left(clock, now).unwrap_or_default();
        keys
    }

    /// For how long they are used. `None`: until they are refused.
    fn left(&self, clock: &Clock, now: SystemTime) -> Option<Duration> {
        let left = self.identity.expiration()?.duration_since(clock.corrected(now)).unwrap_or_default();
        Some(left.saturating_sub(SAFETY_MARGIN))
    }

    fn are_good(&self, clock: &Clock, now: SystemTime) -> bool {
        self.left(clock, now).is_none_or(|left| !left.is_zero())
    }

    /// Whether the next keys are to be fetched. For keys that are short-lived, or that their source gives out until they expire, that is in the last
    /// quarter of the time that they had left.
    fn are_due(&self, clock: &Clock, now: SystemTime) -> bool {
        let Some(left) = self.left(clock, now).filter(|_| self.paused.is_none_or(|paused| now >= paused)) else {
            return false;
        };
        // By a clock that was ahead they had less.
        let had = self.left(clock, self.fetched).unwrap_or_default().max(self.had);
        left <= (had / 4).min(REFRESH_WINDOW)
    }

    fn pause(&mut self, now: SystemTime) {
        self.paused = now.checked_add(RETRY_PAUSE);
    }
}

/// A call that waits for a fetch. When the last one leaves, because it was cancelled or its time was over, the fetch is given up: a function that never
/// resolves would hold up all later calls.
struct Waiter {
    shared: Arc<Shared>,
    fetch: u64,
    outcome: watch::Receiver<Option<Fetched>>,
}

impl Waiter {
    async fn wait(&mut self) -> Fetched {
        let outcome = match self.outcome.wait_for(Option::is_some).await {
            Ok(outcome) => outcome.clone(),
            Err(_) => None,
        };
        outcome.unwrap_or_else(|| {
            let interrupted = CredentialsError::unhandled("what fetches them has stopped");
            Err(FetchError(Arc::new(interrupted)))
        })
    }
}

impl Drop for Waiter {
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        let Some(fetch) = state.fetch.as_mut().filter(|fetch| fetch.number == self.fetch) else {
            return;
        };
        fetch.waiting -= 1;
        if fetch.waiting == 0 {
            fetch.task.abort();
            state.fetch = None;
        }
    }
}
