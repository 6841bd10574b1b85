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

#[cfg(test)]
mod tests {
    use super::*;

    fn size(size: Size, raw: &str) -> i64 {
        size.of(&QueryString::parse(raw).expect("a query"), "page_size")
    }

    #[test]
    fn a_size_is_capped_and_nonsense_is_the_default() {
        let of = |raw| size(Size::new(25).max(50), raw);
        assert_eq!(of("page_size=7"), 7);
        assert_eq!(of("page_size=1000"), 50);
        assert_eq!(of("page_size=10000000000000000000000"), 50);
        for raw in [
            "",
            "page_size=",
            "page_size=0",
            "page_size=-1",
            "page_size=abc",
            "page_size=1.5",
        ] {
            assert_eq!(of(raw), 25, "{raw}");
        }
    }

    #[test]
    fn a_fixed_size_is_the_views() {
        assert_eq!(size(Size::new(25).fixed(), "page_size=7"), 25);
    }

    #[test]
    fn a_default_above_the_usual_maximum_raises_it() {
        assert_eq!(size(Size::new(500), "page_size=400"), 400);
        assert_eq!(size(Size::new(0), ""), 1);
    }
}
