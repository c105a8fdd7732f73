//! Where conversations were answered: their prompt caches are there.

use std::collections::HashMap;
use std::time::Duration;

/// The lifetime of an entry of the prompt cache, which each use renews.
const LIFETIME: Duration = Duration::from_mins(5);

/// Conversations that are remembered; one more takes the place of the one that was answered longest ago.
const MAX_CONVERSATIONS: usize = 4096;

/// By the hash of a conversation's beginning: the target that is not the first, and when it answered.
#[derive(Debug, Default)]
pub(super) struct Conversations(HashMap<String, (String, Duration)>);

impl Conversations {
    pub(super) fn target_of(&self, conversation: &str, now: Duration) -> Option<&str> {
        let (target, answered) = self.0.get(conversation)?;
        is_kept(*answered, now).then_some(target)
    }

    pub(super) fn keep(&mut self, conversation: &str, target: Option<&str>, now: Duration) {
        let Some(target) = target else {
            self.0.remove(conversation);
            return;
        };
        if self.0.len() >= MAX_CONVERSATIONS && !self.0.contains_key(conversation) {
            self.make_room(now);
        }
        self.0.insert(conversation.to_owned(), (target.to_owned(), now));
    }

    pub(super) fn has_any(&self, now: Duration) -> bool {
        self.0.values().any(|(_, answered)| is_kept(*answered, now))
    }

    fn make_room(&mut self, now: Duration) {
        self.0.retain(|_, (_, answered)| is_kept(*answered, now));
        if self.0.len() < MAX_CONVERSATIONS {
            return;
        }
        let oldest = self.0.iter().min_by_key(|(_, (_, answered))| *answered).map(|(name, _)| name.clone());
        if let Some(oldest) = oldest {
            self.0.remove(&oldest);
        }
    }
}

fn is_kept(answered: Duration, now: Duration) -> bool {
    now.saturating_sub(answered) < LIFETIME
}

#[cfg(test)]
mod tests {
    use super::*;

    const S: Duration = Duration::from_secs(1);

    #[test]
    fn a_conversation_is_kept_for_five_minutes_after_its_last_answer() {
        let mut conversations = Conversations::default();
        conversations.keep("talk", Some("b"), S);
        assert_eq!(conversations.target_of("talk", 300 * S), Some("b"));
        conversations.keep("talk", Some("b"), 300 * S);
        assert_eq!(conversations.target_of("talk", 599 * S), Some("b"));
        assert_eq!(conversations.target_of("talk", 600 * S), None);
        assert!(!conversations.has_any(600 * S));
        conversations.keep("talk", Some("b"), S);
        conversations.keep("talk", None, S);
        assert_eq!(conversations.target_of("talk", S), None);
    }

    #[test]
    fn the_number_of_conversations_is_limited() {
        let mut conversations = Conversations::default();
        for index in 0..5000_u32 {
            conversations.keep(&index.to_string(), Some("b"), S + Duration::from_millis(index.into()));
        }
        assert_eq!(conversations.0.len(), MAX_CONVERSATIONS);
        assert_eq!(conversations.target_of("0", 10 * S), None);
        assert_eq!(conversations.target_of("4999", 10 * S), Some("b"));
        // Those that have expired go first, all at once.
        conversations.keep("later", Some("b"), 1000 * S);
        assert_eq!(conversations.0.len(), 1);
    }
}
