use chrono::{DateTime, NaiveDate, Utc};
use restwell_core::{Error, Result};
use restwell_db::Context;
use restwell_macros::serializer;

/// When a row was made and when it last changed.
#[serializer(group, export, last, crate = crate)]
pub struct TimestampFields {
    /// When it was made.
    #[field(read_only)]
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    #[field(read_only)]
    pub updated_at: DateTime<Utc>,
}

/// Who made a row and who changed it last, for users whose keys are UUIDs.
#[serializer(group, export, last, crate = crate)]
pub struct UserActionFields {
    /// Who made it.
    #[field(read_only)]
    pub created_by: Option<uuid::Uuid>,
    /// Who changed it last.
    #[field(read_only)]
    pub updated_by: Option<uuid::Uuid>,
}

/// Which state of a row a client has seen.
#[serializer(group, export, last, crate = crate)]
pub struct VersionField {
    /// How often it was written.
    #[field(read_only)]
    pub version: i64,
}

/// The slug, which is made where a new row has none. Models with another `max` than 255 declare the
/// field anew.
#[serializer(group, export, crate = crate)]
pub struct SlugField {
    /// What its address says.
    #[field(required = false)]
    #[validate(length(max = 255), slug)]
    pub slug: String,
}

/// An object of anything, tags, and notes. What is left out of a new row has the default of its
/// column.
#[serializer(group, export, crate = crate)]
pub struct MetadataFields {
    /// An object of at most 64 KiB.
    #[field(required = false, validate = crate::blocks::checks::metadata)]
    pub metadata: serde_json::Value,
    /// At most 100 tags of 64 characters; one that stands twice is kept once.
    #[field(required = false, validate = crate::blocks::checks::tags)]
    pub tags: Vec<String>,
    /// What people write beside it.
    #[field(required = false, allow_blank)]
    #[validate(length(max = 10_000))]
    pub notes: String,
}

/// Who somebody is. What is left out of a new row has the default of its column.
#[serializer(group, export, crate = crate)]
pub struct IdentityFields {
    /// The given name.
    #[validate(length(max = 100))]
    pub first_name: String,
    /// Names between the given name and the family name.
    #[field(required = false, allow_blank)]
    #[validate(length(max = 100))]
    pub middle_name: String,
    /// The family name.
    #[field(required = false, allow_blank)]
    #[validate(length(max = 100))]
    pub last_name: String,
    /// The mail address.
    #[validate(email, length(max = 254))]
    pub email: String,
    /// The telephone number.
    #[field(required = false, allow_blank, validate = crate::blocks::checks::phone)]
    #[validate(length(max = 32))]
    pub phone: String,
    /// The day of birth, which is not in the future.
    #[field(validate = crate::blocks::checks::birth_date)]
    pub birth_date: Option<NaiveDate>,
}

/// Where something is. What is left out of a new row has the default of its column. There are both
/// coordinates or none, judged by the row as it will be.
#[serializer(group, export, validate = both_coordinates, crate = crate)]
pub struct AddressFields {
    /// Street and number.
    #[field(required = false, allow_blank)]
    #[validate(length(max = 255))]
    pub street_address: String,
    /// What the street alone does not say.
    #[field(required = false, allow_blank)]
    #[validate(length(max = 255))]
    pub street_address_2: String,
    /// The city.
    #[field(required = false, allow_blank)]
    #[validate(length(max = 100))]
    pub city: String,
    /// State or province.
    #[field(required = false, allow_blank)]
    #[validate(length(max = 100))]
    pub state_province: String,
    /// The postal code.
    #[field(required = false, allow_blank)]
    #[validate(length(max = 20))]
    pub postal_code: String,
    /// The country.
    #[field(required = false, allow_blank)]
    #[validate(length(max = 100))]
    pub country: String,
    /// Degrees north of the equator.
    #[validate(range(min = -90.0, max = 90.0))]
    pub latitude: Option<f64>,
    /// Degrees east of Greenwich.
    #[validate(range(min = -180.0, max = 180.0))]
    pub longitude: Option<f64>,
}

fn both_coordinates(address: &AddressFields, _: &mut Context) -> Result<()> {
    let missing = match (address.latitude.flatten(), address.longitude.flatten()) {
        (None, Some(_)) => "latitude",
        (Some(_), None) => "longitude",
        _ => return Ok(()),
    };
    Err(Error::field(
        missing,
        "required",
        "Give both coordinates or neither.",
    ))
}
