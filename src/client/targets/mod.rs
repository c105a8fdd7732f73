//! What this process knows of the targets of its models: which of them failed and rest, and where conversations were answered. It is the same for all
//! models and threads, and holds nothing of a caller but hashes. It has no clock: each question brings the time.

mod conversations;
mod health;

use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use self::conversations::Conversations;
use self::health::{Health, State};

static TARGETS: LazyLock<Mutex<Targets>> = LazyLock::new(Mutex::default);

/// What the process knows.
pub fn targets() -> MutexGuard<'static, Targets> {
    TARGETS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Circuit breakers by target, and the targets of conversations. Times are since any fixed moment.
#[derive(Debug, Default)]
pub struct Targets {
    health: Health,
    conversations: Conversations,
}

/// What is asked for.
#[derive(Debug, Default)]
pub struct Question<'a> {
    /// The names of a model's targets in the order of preference.
    pub targets: &'a [String],
    /// The indices of those that the call has asked already.
    pub asked: &'a [u32],
    /// The hash of the conversation's beginning, which prefers the target that answered it.
    pub conversation: Option<&'a str>,
    /// Whether a target that rests is none.
    pub only_healthy: bool,
}

/// The target to ask next.
#[derive(Debug, PartialEq, Eq)]
pub struct Choice {
    /// Its index.
    pub index: u32,
    /// What a report of its answer or failure comes with: reports of calls that began before the target's last failure say nothing new.
    pub ticket: u32,
    /// Whether this call finds out if the target works again. It must report, or be released.
    pub is_probe: bool,
    /// Whether the target rests, and is asked since all others do, too.
    pub is_resting: bool,
    /// Whether it is the one that answered the conversation before.
    pub is_of_conversation: bool,
    /// How many others could be asked after it.
    pub others: u32,
}

impl Targets {
    /// Chooses a target. `None` if there is none left, or none that is healthy.
    pub fn choose(&mut self, question: &Question<'_>, now: Duration) -> Option<Choice> {
        let left = |index: &usize| !question.asked.iter().any(|asked| usize::try_from(*asked) == Ok(*index));
        let named = |index: usize| question.targets.get(index).map(|name| (index, name));
        let preferred = question
            .conversation
            .and_then(|conversation| self.conversations.target_of(conversation, now));
        let preferred = question.targets.iter().position(|name| Some(name.as_str()) == preferred);
        let order = preferred
            .into_iter()
            .chain((0..question.targets.len()).filter(|index| Some(*index) != preferred));
        let candidates: Vec<(usize, &String)> = order.filter(left).filter_map(named).collect();
        let healthy = candidates
            .iter()
            .filter(|(_, name)| self.health.state(name, now) != State::Resting)
            .count();
        let (index, name) = match candidates.iter().find(|(_, name)| self.health.state(name, now) != State::Resting) {
            Some(found) => *found,
            None if question.only_healthy => return None,
            None => *candidates.iter().min_by_key(|(_, name)| self.health.end_of_rest(name))?,
        };
        let state = self.health.state(name, now);
        Some(Choice {
            index: u32::try_from(index).ok()?,
            ticket: self.health.ticket(name, now),
            is_probe: state == State::Due,
            is_resting: state == State::Resting,
            is_of_conversation: Some(index) == preferred,
            others: u32::try_from(healthy.saturating_sub(1)).unwrap_or_default(),
        })
    }

    /// A target has answered, also by a refusal: it works.
    pub fn answered(&mut self, target: &str, ticket: u32) {
        self.health.answered(target, ticket);
    }

    /// A target has failed, and rests for a time that grows with each failure, at least for as long as it asked for.
    pub fn failed(&mut self, target: &str, ticket: u32, asked_for: Option<Duration>, now: Duration) {
        self.health.failed(target, ticket, asked_for.unwrap_or_default(), now);
    }

    /// A probe ended without an answer or a failure: another call may be it.
    pub fn release(&mut self, target: &str, ticket: u32) {
        self.health.release(target, ticket);
    }

    /// Keeps where a conversation was answered; `None` for the target that is preferred anyway.
    pub fn keep_conversation(&mut self, conversation: &str, target: Option<&str>, now: Duration) {
        self.conversations.keep(conversation, target, now);
    }

    /// Whether any conversation prefers another target than the first.
    #[must_use]
    pub fn has_conversations(&self, now: Duration) -> bool {
        self.conversations.has_any(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    /// The index of the choice, and whether it is a probe or rests.
    fn choose(state: &mut Targets, targets: &[String], now: Duration) -> (u32, bool, bool) {
        let question = Question {
            targets,
            ..Question::default()
        };
        let choice = state.choose(&question, now).unwrap();
        (choice.index, choice.is_probe, choice.is_resting)
    }

    #[test]
    fn the_first_target_that_does_not_rest_is_chosen() {
        let (mut state, targets) = (Targets::default(), names(&["a", "b"]));
        assert_eq!(choose(&mut state, &targets, MS), (0, false, false));
        state.failed("a", 0, None, MS);
        assert_eq!(choose(&mut state, &targets, 2 * MS), (1, false, false));
        // After its rest one call probes it; the others still pass it over.
        let later = Duration::from_secs(2);
        assert_eq!(choose(&mut state, &targets, later), (0, true, false));
        assert_eq!(choose(&mut state, &targets, later), (1, false, false));
    }

    #[test]
    fn what_was_asked_is_not_asked_again() {
        let (mut state, targets) = (Targets::default(), names(&["a", "b", "c"]));
        let asked = |asked| Question {
            targets: &targets,
            asked,
            ..Question::default()
        };
        let choice = state.choose(&asked(&[0]), MS).unwrap();
        assert_eq!((choice.index, choice.others), (1, 1));
        assert_eq!(state.choose(&asked(&[0, 1, 2]), MS), None);
    }

    #[test]
    fn if_all_rest_the_one_whose_rest_ends_first_is_asked() {
        let (mut state, targets) = (Targets::default(), names(&["a", "b"]));
        state.failed("a", 0, Some(Duration::from_secs(30)), MS);
        state.failed("b", 0, Some(Duration::from_secs(10)), MS);
        assert_eq!(choose(&mut state, &targets, 2 * MS), (1, false, true));
        let question = Question {
            targets: &targets,
            only_healthy: true,
            ..Question::default()
        };
        assert_eq!(state.choose(&question, 2 * MS), None);
    }

    #[test]
    fn a_conversation_prefers_the_target_that_answered_it_while_that_is_healthy() {
        let (mut state, targets) = (Targets::default(), names(&["a", "b", "c"]));
        state.keep_conversation("talk", Some("c"), MS);
        assert!(state.has_conversations(MS));
        let question = Question {
            targets: &targets,
            conversation: Some("talk"),
            ..Question::default()
        };
        assert_eq!(state.choose(&question, MS).map(|choice| choice.index), Some(2));
        state.failed("c", 0, None, MS);
        assert_eq!(state.choose(&question, 2 * MS).map(|choice| choice.index), Some(0));
        let elsewhere = names(&["a", "b"]);
        let question = Question {
            targets: &elsewhere,
            ..question
        };
        assert_eq!(state.choose(&question, MS).map(|choice| choice.index), Some(0));
    }
}
