use restwell_core::{Error, FieldErrors, Result, nearest};

use crate::FieldMeta;

/// Which fields of a representation are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mask(u64);

impl Mask {
    /// Every field.
    pub const ALL: Self = Self(u64::MAX);

    /// The fields that `?fields=a,b` names, of those that are `visible`.
    ///
    /// # Errors
    /// 400 with the names of the visible fields, when one is named that is none of them.
    pub fn parse(names: &str, fields: &[FieldMeta], visible: Self) -> Result<Self> {
        let mut mask = 0;
        for name in names
            .split(',')
            .map(str::trim)
            .filter(|name| !name.is_empty())
        {
            let place = fields.iter().position(|field| field.name == name);
            let Some(place) = place.filter(|place| visible.contains(*place)) else {
                return Err(unknown(name, fields, visible));
            };
            mask |= 1 << place;
        }
        Ok(if mask == 0 { visible } else { Self(mask) })
    }

    /// These fields without the one with this number.
    #[must_use]
    pub const fn without(self, field: usize) -> Self {
        Self(self.0 & !(1 << field))
    }

    /// The fields that are among these and among `others`.
    #[must_use]
    pub const fn intersection(self, others: Self) -> Self {
        Self(self.0 & others.0)
    }

    /// Whether the field with this number is wanted.
    pub const fn contains(self, field: usize) -> bool {
        self.0 & (1 << field) != 0
    }
}

fn unknown(name: &str, fields: &[FieldMeta], visible: Mask) -> Error {
    const LONGEST: usize = 64;
    let shown: String = name.chars().take(LONGEST).collect();
    let names = fields.iter().map(|field| field.name).enumerate();
    let names: Vec<&str> = names
        .filter(|(place, _)| visible.contains(*place))
        .map(|(_, name)| name)
        .collect();
    let hint = nearest(name, names.iter().copied())
        .map(|near| format!(" Did you mean \"{near}\"?"))
        .unwrap_or_default();
    let message = format!(
        "Unknown field \"{shown}\".{hint} The fields are: {}.",
        names.join(", ")
    );
    Error::validation(FieldErrors::one("fields", "unknown_field", message))
}
