use std::borrow::Cow;

/// What is wrong with the value of a parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid {
    pub(crate) code: Cow<'static, str>,
    pub(crate) message: Cow<'static, str>,
}

impl Invalid {
    /// A value that is refused with `message`, under the code `invalid`.
    pub fn new(message: impl Into<Cow<'static, str>>) -> Self {
        Self::coded("invalid", message)
    }

    /// A value that is refused under a code of its own.
    pub fn coded(
        code: impl Into<Cow<'static, str>>,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            code: code.into(),
            message: message.into(),
        }
    }
}
