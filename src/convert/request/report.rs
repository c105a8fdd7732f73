//! What is done about input that Bedrock would refuse, and the report of it.

use super::scope::Scope;
use crate::convert::warnings::Warning;
use crate::error::Error;

/// The option `adaptation`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Adaptation {
    /// Changes are made and reported.
    Warn,
    /// What would be changed is refused.
    Strict,
    /// All is sent as it is.
    Off,
}

/// The changes of one request.
#[derive(Debug)]
pub(super) struct Report {
    adaptation: Adaptation,
    pub(super) warnings: Vec<Warning>,
}

impl Report {
    /// `adaptation` as the caller wrote it.
    pub(super) fn new(adaptation: Option<&str>) -> Self {
        Self {
            adaptation: match adaptation {
                Some("strict") => Adaptation::Strict,
                Some("off") => Adaptation::Off,
                _ => Adaptation::Warn,
            },
            warnings: Vec::new(),
        }
    }

    pub(super) fn is_off(&self) -> bool {
        self.adaptation == Adaptation::Off
    }

    /// Reports a change at the place of `scope`.
    ///
    /// # Errors
    /// The change as a refusal, if the caller asked for that.
    pub(super) fn change(&mut self, code: &'static str, scope: Scope<'_>, message: String) -> Result<(), Error> {
        if self.adaptation == Adaptation::Strict {
            return Err(scope.refuse(message));
        }
        self.warnings.push(Warning {
            code,
            message,
            path: scope.place.to_string(),
        });
        Ok(())
    }
}
