use restwell_core::QueryString;

use crate::parameter::Number;

/// How many rows a page has.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size {
    default: i64,
    max: i64,
    fixed: bool,
}

impl Size {
    /// The most rows that a client may ask for, where the view says nothing else.
    const MAX: i64 = 100;

    pub(crate) const fn new(default: u32) -> Self {
        let default = if default == 0 { 1 } else { default as i64 };
        Self {
            default,
            max: if default > Self::MAX {
                default
            } else {
                Self::MAX
            },
            fixed: false,
        }
    }

    pub(crate) fn max(self, max: u32) -> Self {
        Self {
            max: i64::from(max).max(1),
            ..self
        }
    }

    pub(crate) const fn fixed(self) -> Self {
        Self {
            fixed: true,
            ..self
        }
    }

    /// What the client asks for in `name`, at most the maximum; the default for zero, for what is
    /// no number, and where the client may not choose.
    pub(crate) fn of(self, query: &QueryString, name: &str) -> i64 {
        if self.fixed {
            return self.default;
        }
        match Number::parse(query.get(name)) {
            Number::Is(0) | Number::None => self.default,
            Number::Is(size) => size.min(self.max),
            Number::Huge => self.max,
        }
    }
}
