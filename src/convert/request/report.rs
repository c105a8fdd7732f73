//! What is done about input that Bedrock would refuse, and the report of it.

use std::cell::{Cell, RefCell};

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
    /// How many changes were made, those included that are not reported again.
    changes: Cell<usize>,
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
            changes: Cell::default(),
        }
    }

    /// Notes a change that is reported already.
    pub(super) fn repeat(&self) {
        self.changes.update(|count| count + 1);
    }

    pub(super) fn add(&self, warning: Warning) {
        self.repeat();
        self.warnings.borrow_mut().push(warning);
    }

    pub(super) fn changes(&self) -> usize {
        self.changes.get()
    }

    pub(super) fn has(&self, code: &str) -> bool {
        self.warnings.borrow().iter().any(|warning| warning.code == code)
    }

    pub(super) fn into_warnings(self) -> Vec<Warning> {
        self.warnings.into_inner()
    }
}
