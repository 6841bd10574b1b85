use restwell_core::{Error, FieldErrors, Result, nearest};

use crate::FieldMeta;

/// Which fields of a representation are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mask(u64);

impl Mask {
    /// Every field.
    pub const ALL: Self = Self(u64::MAX);

    /// The fields that `?fields=a,b` names.
    ///
    /// # Errors
    /// 400 with the names of the fields, when one is named that is not there.
    pub fn parse(names: &str, fields: &[FieldMeta]) -> Result<Self> {
        let mut mask = 0;
        for name in names
            .split(',')
            .map(str::trim)
            .filter(|name| !name.is_empty())
        {
            let Some(place) = fields.iter().position(|field| field.name == name) else {
                return Err(unknown(name, fields));
            };
            mask |= 1 << place;
        }
        Ok(if mask == 0 { Self::ALL } else { Self(mask) })
    }

    /// Whether the field with this number is wanted.
    pub const fn contains(self, field: usize) -> bool {
        self.0 & (1 << field) != 0
    }
}

fn unknown(name: &str, fields: &[FieldMeta]) -> Error {
    const LONGEST: usize = 64;
    let shown: String = name.chars().take(LONGEST).collect();
    let names: Vec<&str> = fields.iter().map(|field| field.name).collect();
    let hint = nearest(name, names.iter().copied())
        .map(|near| format!(" Did you mean \"{near}\"?"))
        .unwrap_or_default();
    let message = format!(
        "Unknown field \"{shown}\".{hint} The fields are: {}.",
        names.join(", ")
    );
    Error::validation(FieldErrors::one("fields", "unknown_field", message))
}
