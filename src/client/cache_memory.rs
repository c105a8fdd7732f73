//! What this process has written to prompt caches, so that a call that finds nothing there can say what it changed.
//!
//! Bedrock reads a prefix from the cache only if it is the same byte for byte, and says nothing when it is not. Hashes are kept, no content.

use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::convert::request::{CachedPrefix, Place};
use crate::convert::response::CacheUsage;
use crate::convert::warnings::Warning;

/// At most 4 MB, since a prefix has 4,096 blocks at most. The prefixes of a conversation are one.
const MAX_PREFIXES: usize = 128;

/// Of the earlier calls of a conversation, so many are known by where they ended.
const MAX_ENDS: usize = 32;

/// How many blocks before a cache point Bedrock looks for the end of a cached prefix, with Claude: "about 20" (AWS's page on prompt caching, and
/// Spring AI's `BedrockCacheStrategy`).
const LOOKBACK: usize = 20;

/// The lifetimes of a cache point. Reading a prefix renews it.
const FIVE_MINUTES: Duration = Duration::from_mins(5);
const HOUR: Duration = Duration::from_hours(1);

static WRITTEN: LazyLock<Mutex<CacheMemory>> = LazyLock::new(Mutex::default);

/// A request with cache points, until its answer says what the cache did.
#[derive(Debug, Clone)]
pub struct CacheWatch {
    /// The model as it is called: each has a cache of its own.
    called: String,
    prefix: CachedPrefix,
}

impl CacheWatch {
    /// For a request to the model `called`.
    #[must_use]
    pub fn new(called: String, prefix: CachedPrefix) -> Self {
        Self { called, prefix }
    }

    /// Takes what the answer says of the cache. Returns a warning if nothing was read because the prefix is not what an earlier call wrote.
    #[must_use]
    pub fn take_usage(self, usage: CacheUsage) -> Option<Warning> {
        let mut written = WRITTEN.lock().unwrap_or_else(PoisonError::into_inner);
        written.take_usage(self, usage, Instant::now()).map(warning)
    }
}

fn warning(place: Place) -> Warning {
    Warning {
        code: "cache_prefix_changed",
        message: format!(
            "Nothing was read from the prompt cache: {place} differs from what an earlier call of this conversation wrote. What stands before a cache \
             point must stay the same, byte for byte."
        ),
        path: place.to_string(),
    }
}

/// A prefix that a call has written to a cache, or read from it.
#[derive(Debug)]
struct Written {
    called: String,
    prefix: CachedPrefix,
    /// How many blocks this call and earlier ones of the conversation have cached, ascending.
    ends: Vec<usize>,
    last_used: Instant,
}

impl Written {
    fn is_expired(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.last_used) >= if self.prefix.lives_long { HOUR } else { FIVE_MINUTES }
    }

    /// How many cached blocks are the same.
    fn common_start(&self, prefix: &CachedPrefix) -> usize {
        let pairs = self.prefix.cached().iter().zip(prefix.cached());
        pairs.take_while(|(written, asked)| written == asked).count()
    }

    /// Whether Bedrock should have found something that is the same.
    fn is_readable(&self, prefix: &CachedPrefix) -> bool {
        let common = self.common_start(prefix);
        let is_near = |end: usize| prefix.points.iter().any(|point| (end..=end + LOOKBACK).contains(point));
        self.ends.iter().any(|end| *end <= common && is_near(*end))
    }

    /// The first block that differs, where both have one.
    fn difference(&self, prefix: &CachedPrefix) -> Option<usize> {
        let common = self.common_start(prefix);
        (common < self.prefix.end().min(prefix.end())).then_some(common)
    }

    /// Whether `later` goes on where this one ended.
    fn is_start_of(&self, later: &CachedPrefix) -> bool {
        self.prefix.opening == later.opening && self.common_start(later) == self.prefix.end()
    }
}

/// Those that were used last, in the order of their use.
#[derive(Debug, Default)]
struct CacheMemory(Vec<Written>);

impl CacheMemory {
    fn take_usage(&mut self, CacheWatch { called, prefix }: CacheWatch, usage: CacheUsage, now: Instant) -> Option<Place> {
        self.0.retain(|written| !written.is_expired(now));
        // A prefix that is too short for the cache is neither read nor written, nor is one that a guardrail has stopped.
        let place = (usage.read == 0 && usage.written > 0)
            .then(|| self.changed_place(&called, &prefix))
            .flatten();
        if usage.read > 0 || usage.written > 0 {
            self.remember(called, prefix, now);
        }
        place
    }

    /// Where `prefix` departs from what the conversation has written. The first call of a conversation has nothing that it could read.
    fn changed_place(&self, called: &str, prefix: &CachedPrefix) -> Option<Place> {
        let written = || self.0.iter().filter(|written| written.called == called);
        if !prefix.has_assistant || written().any(|written| written.is_readable(prefix)) {
            return None;
        }
        let of_assistant = prefix.of_assistant();
        let is_same_conversation = |written: &&Written| {
            written.prefix.hashes.iter().any(|hash| of_assistant.contains(hash))
                || !written.prefix.has_assistant && written.prefix.opening == prefix.opening
        };
        let differences = written().filter(is_same_conversation).filter_map(|written| written.difference(prefix));
        prefix.place(differences.max()?)
    }

    /// A prefix takes the place of the one that it continues.
    fn remember(&mut self, called: String, prefix: CachedPrefix, now: Instant) {
        let earlier = self.0.iter().position(|written| written.called == called && written.is_start_of(&prefix));
        let mut ends = earlier.map(|index| self.0.remove(index).ends).unwrap_or_default();
        if ends.last() != Some(&prefix.end()) {
            ends.push(prefix.end());
        }
        ends.drain(..ends.len().saturating_sub(MAX_ENDS));
        if self.0.len() >= MAX_PREFIXES {
            self.0.remove(0);
        }
        self.0.push(Written {
            called,
            prefix: prefix.without_places(),
            ends,
            last_used: now,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::convert::request::convert_to_converse_request;
    use crate::models::Refusals;

    const MINUTE: Duration = Duration::from_mins(1);
    const MISS: CacheUsage = CacheUsage { read: 0, written: 2000 };
    const HIT: CacheUsage = CacheUsage { read: 2000, written: 10 };

    /// A request whose messages are said by the user and the assistant in turns, with points as the option `cache_control` puts them.
    fn request(system: &str, messages: &[&str], ttl: &str) -> CachedPrefix {
        let turn = |(index, text): (usize, &&str)| {
            let speaker = if index % 2 == 0 { "human" } else { "ai" };
            format!(r#"{{"type":"{speaker}","content":"{text}"}}"#)
        };
        let turns: Vec<String> = messages.iter().enumerate().map(turn).collect();
        let json = format!(
            r#"{{"modelId":"anthropic.claude-sonnet-4-5","cacheControl":{{"ttl":"{ttl}"}},"messages":[{{"type":"system","content":"{system}"}},{}]}}"#,
            turns.join(",")
        );
        let converted = convert_to_converse_request(&json, &[], |_| Refusals::default()).unwrap();
        converted.cached_prefix.unwrap()
    }

    /// A memory and a clock.
    struct Process {
        memory: CacheMemory,
        now: Instant,
    }

    impl Process {
        fn new() -> Self {
            Self {
                memory: CacheMemory::default(),
                now: Instant::now(),
            }
        }

        fn call_as(&mut self, called: &str, prefix: CachedPrefix, usage: CacheUsage) -> Option<String> {
            let watch = CacheWatch::new(called.to_owned(), prefix);
            let place = self.memory.take_usage(watch, usage, self.now);
            place.map(|place| place.to_string())
        }

        fn call(&mut self, system: &str, messages: &[&str], usage: CacheUsage) -> Option<String> {
            self.call_as("model", request(system, messages, "5m"), usage)
        }
    }

    #[test]
    fn the_first_block_that_differs_is_named() {
        let mut process = Process::new();
        assert_eq!(process.call("It is 9:00.", &["q", "a", "q2"], MISS), None);
        let system = process.call("It is 9:01.", &["q", "a", "q2", "a2", "q3"], MISS);
        assert_eq!(system.as_deref(), Some("system[0]"));
        let edited = process.call("It is 9:01.", &["q", "a", "q2", "A2", "q3", "a3", "q4"], MISS);
        assert_eq!(edited.as_deref(), Some("messages[3].content[0]"));
        let trimmed = process.call("It is 9:01.", &["q2", "A2", "q3", "a3", "q4"], MISS);
        assert_eq!(trimmed.as_deref(), Some("messages[0].content[0]"));
    }

    #[test]
    fn the_second_call_of_a_conversation_is_known_by_its_first_message() {
        let mut process = Process::new();
        process.call("It is 9:00.", &["q"], MISS);
        assert_eq!(process.call("It is 9:01.", &["q", "a", "q2"], MISS).as_deref(), Some("system[0]"));
    }

    #[test]
    fn other_conversations_are_not_compared() {
        let mut process = Process::new();
        process.call("Help Ann.", &["Hello", "Ann's answer", "Thanks"], MISS);
        assert_eq!(process.call("Help Bob.", &["Hello"], MISS), None);
        assert_eq!(process.call("Help Bob.", &["Hello", "Bob's answer", "Thanks"], MISS), None);
        assert_eq!(process.call("Help Cem.", &["Hello", "Cem's answer", "Thanks"], MISS), None);
        let elsewhere = request("Help Dora.", &["Hello", "Ann's answer", "Thanks"], "5m");
        assert_eq!(process.call_as("another model", elsewhere, MISS), None);
    }

    #[test]
    fn nothing_is_said_where_something_was_read_or_nothing_written() {
        let mut process = Process::new();
        process.call("s", &["q", "a", "q2"], MISS);
        let changed = ["q", "A", "q2", "a", "q3"];
        assert_eq!(process.call("s", &changed, HIT), None);
        let nothing = CacheUsage { read: 0, written: 0 };
        assert_eq!(process.call("t", &changed, nothing), None);
        assert_eq!(process.call("t", &changed, MISS).as_deref(), Some("system[0]"));
    }

    #[test]
    fn what_stayed_the_same_has_only_left_the_cache() {
        let mut process = Process::new();
        process.call("s", &["q", "a", "q2"], MISS);
        assert_eq!(process.call("s", &["q", "a", "q2", "a2", "q3"], MISS), None);
        assert_eq!(process.call("s", &["q", "a", "q2", "another a2", "q3"], MISS), None);
        assert_eq!(process.memory.0.len(), 2);
        assert_eq!(process.memory.0.iter().map(|written| written.ends.len()).max(), Some(2));
    }

    #[test]
    fn an_end_that_is_too_far_before_a_cache_point_is_not_looked_for() {
        let said: Vec<String> = (0..40).map(|index| format!("m{index}")).collect();
        let said: Vec<&str> = said.iter().map(String::as_str).collect();
        let mut edited = said.clone();
        edited.splice(1..2, ["edited"]);
        for (length, place) in [(19, None), (39, Some("messages[1].content[0]"))] {
            let mut process = Process::new();
            process.call("s", said.get(..1).unwrap(), MISS);
            process.call("s", said.get(..length).unwrap(), MISS);
            assert_eq!(process.call("s", edited.get(..length).unwrap(), MISS).as_deref(), place);
        }
    }

    #[test]
    fn a_lifetime_counts_from_the_last_use() {
        for (ttl, minutes) in [("5m", 5), ("1h", 60)] {
            let mut process = Process::new();
            let mut call = |wait: Duration, system: &str, usage| {
                process.now += wait;
                process.call_as("model", request(system, &["q", "a", "q2"], ttl), usage)
            };
            call(Duration::ZERO, "s", MISS);
            call(MINUTE * (minutes - 1), "s", HIT);
            assert_eq!(call(MINUTE * (minutes - 1), "t", MISS).as_deref(), Some("system[0]"));
            assert_eq!(call(MINUTE * minutes, "u", MISS), None);
        }
    }

    #[test]
    fn the_prefixes_that_were_used_last_are_kept() {
        let mut process = Process::new();
        for index in 0..MAX_PREFIXES + 5 {
            process.call(&format!("s{index}"), &["q", &format!("a{index}"), "q2"], MISS);
        }
        assert_eq!(process.memory.0.len(), MAX_PREFIXES);
        assert_eq!(process.call("changed", &["q", "a4", "q2"], MISS), None);
        assert_eq!(process.call("changed", &["q", "a100", "q2"], MISS).as_deref(), Some("system[0]"));
    }
}
