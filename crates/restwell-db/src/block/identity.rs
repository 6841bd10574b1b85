use chrono::NaiveDate;

use super::joined;
use crate::Model;

/// A model with the block `identity`: who somebody is.
///
/// The fields are `first_name`, `middle_name`, `last_name`, `email` and `phone`, each a `String` of
/// which all but the first name and the address may be empty, and `birth_date`, an
/// `Option<NaiveDate>`. The address is unique, whatever the case, unless the model declares a
/// `unique` with it.
pub trait Identity: Model {
    /// The columns of the block.
    #[doc(hidden)]
    fn identity_columns(&self) -> IdentityColumns<'_>;

    /// First, middle and last name, as far as there are any, with a space between them.
    fn full_name(&self) -> String {
        joined(&self.identity_columns().names(), " ")
    }

    /// The first letter or digit of each name in upper case, such as `JMD`; names without any have
    /// none, so the text may be empty.
    fn initials(&self) -> String {
        let names = self.identity_columns().names();
        let first = |name: &str| name.chars().find(|letter| letter.is_alphanumeric());
        let letters = names.into_iter().filter_map(first);
        letters.flat_map(char::to_uppercase).collect()
    }

    /// The age in full years on the day `today`. Who was born on 29 February is a year older on
    /// 1 March of a year without that day. `None` where the date is unknown or lies ahead.
    fn age(&self, today: NaiveDate) -> Option<u32> {
        today.years_since(*self.identity_columns().birth_date.as_ref()?)
    }
}

/// The columns of the block `identity`.
#[doc(hidden)]
#[derive(Clone, Copy)]
#[allow(missing_debug_implementations, reason = "what is in it is nobody's")]
pub struct IdentityColumns<'a> {
    pub first_name: &'a String,
    pub middle_name: &'a String,
    pub last_name: &'a String,
    pub email: &'a String,
    pub phone: &'a String,
    pub birth_date: &'a Option<NaiveDate>,
}

impl<'a> IdentityColumns<'a> {
    fn names(&self) -> [&'a str; 3] {
        [self.first_name, self.middle_name, self.last_name]
    }
}
