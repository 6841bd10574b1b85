use super::joined;
use crate::Model;

/// A model with the block `address`: where something is.
///
/// The fields are `street_address`, `street_address_2`, `city`, `state_province`, `postal_code` and
/// `country`, each a `String` that may be empty, and `latitude` and `longitude` in degrees, each an
/// `Option<f64>`.
pub trait Address: Model {
    /// The columns of the block.
    #[doc(hidden)]
    fn address_columns(&self) -> AddressColumns<'_>;

    /// All parts that are not empty, from the street to the country, with a comma between them.
    fn full_address(&self) -> String {
        let own = self.address_columns();
        let parts: [&str; 6] = [
            own.street_address,
            own.street_address_2,
            own.city,
            own.state_province,
            own.postal_code,
            own.country,
        ];
        joined(&parts, ", ")
    }

    /// City, state and country, as far as they are not empty, with a comma between them.
    fn short_address(&self) -> String {
        let own = self.address_columns();
        joined(&[own.city, own.state_province, own.country], ", ")
    }

    /// Latitude and longitude, where both are known.
    fn coordinates(&self) -> Option<(f64, f64)> {
        let own = self.address_columns();
        (*own.latitude).zip(*own.longitude)
    }
}

/// The columns of the block `address`.
#[doc(hidden)]
#[derive(Clone, Copy)]
#[allow(missing_debug_implementations, reason = "what is in it is nobody's")]
pub struct AddressColumns<'a> {
    pub street_address: &'a String,
    pub street_address_2: &'a String,
    pub city: &'a String,
    pub state_province: &'a String,
    pub postal_code: &'a String,
    pub country: &'a String,
    pub latitude: &'a Option<f64>,
    pub longitude: &'a Option<f64>,
}
