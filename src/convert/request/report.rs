//! What is done about input that Bedrock would refuse, and the report of it.

use std::cell::RefCell;

use crate::convert::warnings::Warning;

/// The option `adaptation`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Adaptation {
    /// Changes are made and reported.
    Warn,
    /// What would be changed is refused.
    Strict,
    /// All is sent as it is.
    Off,
}

/// The changes of one request.
#[derive(Debug)]
pub(crate) struct Report {
    pub(crate) adaptation: Adaptation,
    /// Every step of a conversion may add to it, and none reads it.
    warnings: RefCell<Vec<Warning>>,
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
            warnings: RefCell::default(),
        }
    }

    pub(super) fn add(&self, warning: Warning) {
        self.warnings.borrow_mut().push(warning);
    }

    pub(super) fn has(&self, code: &str) -> bool {
        self.warnings.borrow().iter().any(|warning| warning.code == code)
    }

    pub(super) fn into_warnings(self) -> Vec<Warning> {
        self.warnings.into_inner()
    }
}
