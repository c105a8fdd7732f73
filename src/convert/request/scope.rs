//! The context of a conversion step: the place in the caller's input, for errors, and the data that it may need.

use std::fmt;

use super::attachment::Attachments;
use super::place::Place;
use super::report::{Adaptation, Report};
use crate::convert::warnings::Warning;
use crate::error::Error;
use crate::models::Model;

/// The context of a conversion step. Cheap to copy.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scope<'a> {
    pub(crate) attachments: &'a Attachments<'a>,
    pub(crate) model: &'a Model,
    /// Whether the request is for a prompt of prompt management, which brings messages, system text and tools of its own.
    pub(crate) is_prompt: bool,
    pub(crate) report: &'a Report,
    pub(crate) place: Place,
    /// Whether media may be given by URLs, since they are fetched before the request is sent.
    pub(crate) fetches_media: bool,
}

impl Scope<'_> {
    /// The same scope, at the message `index`.
    pub(crate) fn message(self, index: usize) -> Self {
        Self {
            place: Place::Message(index),
            ..self
        }
    }

    /// The same scope, at a place that was kept.
    pub(crate) fn at(self, place: Place) -> Self {
        Self { place, ..self }
    }

    /// The same scope, at the content block `index` of its message.
    pub(crate) fn block(self, index: usize) -> Self {
        let place = match self.place {
            Place::Message(message) => Place::Block(message, index),
            other => other,
        };
        Self { place, ..self }
    }

    /// The same scope, at a member of the request.
    pub(crate) fn member(self, name: &'static str) -> Self {
        Self {
            place: Place::Member(name),
            ..self
        }
    }

    /// The same scope, at the tool `index`.
    pub(crate) fn tool(self, index: usize) -> Self {
        Self {
            place: Place::Tool(index),
            ..self
        }
    }

    /// Whether nothing is changed that Bedrock would refuse.
    pub(crate) fn is_sent_as_it_is(&self) -> bool {
        self.report.adaptation == Adaptation::Off
    }

    /// Reports a change at this place.
    ///
    /// # Errors
    /// The change as a refusal, if the caller asked for that.
    pub(crate) fn change(&self, code: &'static str, message: String) -> Result<(), Error> {
        if self.report.adaptation == Adaptation::Strict {
            return Err(self.refuse(message));
        }
        self.report.add(Warning {
            code,
            message,
            path: self.place.to_string(),
        });
        Ok(())
    }

    /// Reports what the caller should know and nothing was changed for.
    pub(crate) fn note(&self, code: &'static str, message: String) {
        self.report.add(Warning {
            code,
            message,
            path: self.place.to_string(),
        });
    }

    /// Reports a kind of change that is made in many places by the first of them.
    ///
    /// # Errors
    /// The change as a refusal, if the caller asked for that.
    pub(crate) fn change_once(&self, code: &'static str, message: &str) -> Result<(), Error> {
        if self.report.has(code) {
            self.report.repeat();
            return Ok(());
        }
        self.change(code, message.to_owned())
    }

    /// The error for an input at this place; `what` follows the place in the sentence.
    pub(crate) fn refuse(&self, what: impl fmt::Display) -> Error {
        Error::InvalidInput(format!("{}: {what}", self.place))
    }
}
