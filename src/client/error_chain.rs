//! Searches the chain of an error's causes (`Error::source`).

use std::error::Error as StdError;

/// The first error of type `T` in the chain.
pub(super) fn find_cause<'a, T: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a T> {
    causes(error).find_map(|cause| cause.downcast_ref())
}

/// The message of the last cause, on one line and without its final full stop.
pub(super) fn root_cause(error: &(dyn StdError + 'static)) -> String {
    let cause = causes(error).last().map(ToString::to_string).unwrap_or_default();
    let lines: Vec<&str> = cause.lines().map(|line| line.trim().trim_end_matches('.')).collect();
    lines.join("; ")
}

/// The messages of `error` and its causes, outermost first.
pub(super) fn messages(error: &(dyn StdError + 'static)) -> String {
    let messages: Vec<String> = causes(error).map(ToString::to_string).collect();
    messages.join(": ")
}

fn causes<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |&cause| cause.source())
}

/// The messages of the causes of `error`, outermost first, without repetitions.
pub(super) fn cause_messages(error: &(dyn StdError + 'static)) -> Vec<String> {
    let mut messages: Vec<String> = causes(error).skip(1).map(ToString::to_string).collect();
    messages.dedup();
    messages
}
