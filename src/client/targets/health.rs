//! Circuit breakers: a target that failed rests, and then one call finds out whether it works again.

use std::collections::HashMap;
use std::time::Duration;

/// The first rest of a target, which doubles with each failure after it.
const FIRST_REST: Duration = Duration::from_secs(1);
const LONGEST_REST: Duration = Duration::from_mins(1);

/// The longest rest that a target itself can ask for.
const LONGEST_ASKED_FOR: Duration = Duration::from_hours(1);

/// A probe that has not reported after this time is given up: its thread may have ended.
const PROBE_TIMEOUT: Duration = Duration::from_mins(1);

/// Names have ids and URLs of callers, so their number is limited.
const MAX_TARGETS: usize = 1024;

/// Whether a target may be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// It has not failed, or has answered since.
    Closed,
    /// It failed, or a probe is under way.
    Resting,
    /// Its rest is over: the next call is the probe.
    Due,
}

/// A target that failed.
#[derive(Debug)]
struct Breaker {
    until: Duration,
    rest: Duration,
    /// The number of its last failure.
    ticket: u32,
    /// When a probe under way is given up.
    probe: Option<Duration>,
}

/// Targets that have not answered since they failed, by name.
#[derive(Debug, Default)]
pub(super) struct Health {
    breakers: HashMap<String, Breaker>,
    last_ticket: u32,
}

impl Health {
    pub(super) fn state(&self, target: &str, now: Duration) -> State {
        match self.breakers.get(target) {
            None => State::Closed,
            Some(breaker) if now < breaker.until || breaker.probe.is_some_and(|end| now < end) => State::Resting,
            Some(_) => State::Due,
        }
    }

    pub(super) fn end_of_rest(&self, target: &str) -> Duration {
        self.breakers.get(target).map_or(Duration::ZERO, |breaker| breaker.until)
    }

    /// The ticket of a call to the target, 0 where it has not failed; of one that is due, the call is the probe.
    pub(super) fn ticket(&mut self, target: &str, now: Duration) -> u32 {
        let is_due = self.state(target, now) == State::Due;
        let Some(breaker) = self.breakers.get_mut(target) else { return 0 };
        if is_due {
            breaker.probe = Some(now + PROBE_TIMEOUT);
        }
        breaker.ticket
    }

    pub(super) fn answered(&mut self, target: &str, ticket: u32) {
        if self.breakers.get(target).is_some_and(|breaker| breaker.ticket == ticket) {
            self.breakers.remove(target);
        }
    }

    pub(super) fn failed(&mut self, target: &str, ticket: u32, asked_for: Duration, now: Duration) {
        let asked_for = asked_for.min(LONGEST_ASKED_FOR);
        let rest = match self.breakers.get_mut(target) {
            // A call that began before the last failure: many calls fail together, and count once.
            Some(breaker) if breaker.ticket != ticket => {
                breaker.until = breaker.until.max(now + asked_for);
                return;
            }
            Some(breaker) => (breaker.rest * 2).min(LONGEST_REST),
            None => FIRST_REST,
        };
        self.limit(target);
        self.last_ticket = self.last_ticket.wrapping_add(1).max(1);
        let breaker = Breaker {
            until: now + rest.max(asked_for),
            rest,
            ticket: self.last_ticket,
            probe: None,
        };
        self.breakers.insert(target.to_owned(), breaker);
    }

    pub(super) fn release(&mut self, target: &str, ticket: u32) {
        if let Some(breaker) = self.breakers.get_mut(target).filter(|breaker| breaker.ticket == ticket) {
            breaker.probe = None;
        }
    }

    /// Of too many, the one whose rest ends first is forgotten.
    fn limit(&mut self, target: &str) {
        if self.breakers.len() < MAX_TARGETS || self.breakers.contains_key(target) {
            return;
        }
        let first = self
            .breakers
            .iter()
            .min_by_key(|(_, breaker)| breaker.until)
            .map(|(name, _)| name.clone());
        if let Some(first) = first {
            self.breakers.remove(&first);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const S: Duration = Duration::from_secs(1);

    /// Fails a target once for each rest, as a probe after the rest before, and returns the rests.
    fn rests(health: &mut Health, count: usize) -> Vec<Duration> {
        let mut now = S;
        let mut rests = Vec::new();
        for _ in 0..count {
            let ticket = health.ticket("a", now);
            health.failed("a", ticket, Duration::ZERO, now);
            rests.push(health.end_of_rest("a").saturating_sub(now));
            now = health.end_of_rest("a");
        }
        rests
    }

    #[test]
    fn rests_double_up_to_a_minute_and_begin_anew_after_an_answer() {
        let mut health = Health::default();
        assert_eq!(rests(&mut health, 8), [1, 2, 4, 8, 16, 32, 60, 60].map(Duration::from_secs));
        let ticket = health.ticket("a", 1000 * S);
        health.answered("a", ticket);
        assert_eq!(health.state("a", 1000 * S), State::Closed);
        assert_eq!(rests(&mut health, 2), [1, 2].map(Duration::from_secs));
    }

    #[test]
    fn a_rest_is_as_long_as_the_target_asks_for() {
        let mut health = Health::default();
        health.failed("a", 0, 20 * S, S);
        assert_eq!(health.end_of_rest("a"), 21 * S);
        health.failed("b", 0, Duration::from_secs(1_000_000), S);
        assert_eq!(health.end_of_rest("b"), Duration::from_hours(1) + S);
        health.failed("c", 0, Duration::from_millis(1), S);
        assert_eq!(health.end_of_rest("c"), 2 * S);
    }

    #[test]
    fn calls_that_fail_together_count_once() {
        let mut health = Health::default();
        for _ in 0..100 {
            health.failed("a", 0, Duration::ZERO, S);
        }
        assert_eq!(health.end_of_rest("a"), 2 * S);
        // One of them says when the target wants to be asked again.
        health.failed("a", 0, 5 * S, S);
        assert_eq!(health.end_of_rest("a"), 6 * S);
        // An answer to a call that began before says nothing of what failed since.
        health.answered("a", 0);
        assert_eq!(health.state("a", 2 * S), State::Resting);
    }

    #[test]
    fn one_probe_at_a_time() {
        let mut health = Health::default();
        health.failed("a", 0, Duration::ZERO, S);
        assert_eq!(health.state("a", 3 * S), State::Due);
        let ticket = health.ticket("a", 3 * S);
        assert_eq!(health.state("a", 3 * S), State::Resting);
        health.release("a", ticket);
        assert_eq!(health.state("a", 3 * S), State::Due);
        // A probe whose thread has ended never reports.
        health.ticket("a", 3 * S);
        assert_eq!(health.state("a", 62 * S), State::Resting);
        assert_eq!(health.state("a", 63 * S), State::Due);
    }

    #[test]
    fn the_number_of_targets_is_limited() {
        let mut health = Health::default();
        for index in 0..2000_u32 {
            health.failed(&format!("target {index}"), 0, Duration::ZERO, S + Duration::from_millis(index.into()));
        }
        assert_eq!(health.breakers.len(), MAX_TARGETS);
        assert_eq!(health.state("target 0", S), State::Closed);
        assert_eq!(health.state("target 1999", S), State::Resting);
    }
}
