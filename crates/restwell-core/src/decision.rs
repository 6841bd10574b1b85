use std::ops::{BitAnd, BitOr, Not};

/// The answer of a rule, in Kleene's logic of three values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Decision {
    /// Yes.
    Allow,
    /// No.
    Deny,
    /// It depends on the row, which is not known yet.
    Unknown,
}

impl From<bool> for Decision {
    fn from(allowed: bool) -> Self {
        if allowed { Self::Allow } else { Self::Deny }
    }
}

impl BitAnd for Decision {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        match (self, other) {
            (Self::Deny, _) | (_, Self::Deny) => Self::Deny,
            (Self::Allow, Self::Allow) => Self::Allow,
            _ => Self::Unknown,
        }
    }
}

impl BitOr for Decision {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        match (self, other) {
            (Self::Allow, _) | (_, Self::Allow) => Self::Allow,
            (Self::Deny, Self::Deny) => Self::Deny,
            _ => Self::Unknown,
        }
    }
}

impl Not for Decision {
    type Output = Self;

    fn not(self) -> Self {
        match self {
            Self::Allow => Self::Deny,
            Self::Deny => Self::Allow,
            Self::Unknown => Self::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Decision::{Allow, Deny, Unknown};

    #[test]
    fn and_is_the_least_of_both() {
        for (one, other, both) in [
            (Allow, Allow, Allow),
            (Allow, Deny, Deny),
            (Allow, Unknown, Unknown),
            (Deny, Deny, Deny),
            (Deny, Unknown, Deny),
            (Unknown, Unknown, Unknown),
        ] {
            assert_eq!(one & other, both);
            assert_eq!(other & one, both);
        }
    }

    #[test]
    fn or_is_the_greatest_of_both() {
        for (one, other, either) in [
            (Allow, Allow, Allow),
            (Allow, Deny, Allow),
            (Allow, Unknown, Allow),
            (Deny, Deny, Deny),
            (Deny, Unknown, Unknown),
            (Unknown, Unknown, Unknown),
        ] {
            assert_eq!(one | other, either);
            assert_eq!(other | one, either);
        }
    }

    #[test]
    fn not_leaves_the_unknown_unknown() {
        assert_eq!([!Allow, !Deny, !Unknown], [Deny, Allow, Unknown]);
    }
}
