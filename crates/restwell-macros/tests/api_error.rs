//! Failures of every shape.

use restwell_core::{ApiError as _, Error};
use restwell_macros::ApiError;

/// Of an enum.
#[derive(ApiError, Debug)]
#[api_error(crate = restwell_core)]
pub enum OrderError {
    /// With braces in the message.
    #[api_error(status = 400, code = "braces", message = "Write {{name}}.")]
    Braces,
    /// With fields of both kinds.
    #[api_error(status = 422, code = "fields", message = "{left} of {all}, {left}!")]
    Fields {
        /// Shown twice.
        #[api_error(public)]
        left: u32,
        /// Shown.
        #[api_error(public)]
        all: u32,
        /// Not shown.
        place: &'static str,
    },
    /// With a cause.
    #[api_error(status = 502, code = "cause", message = "It broke: {0}.")]
    Cause(
        #[api_error(public)] &'static str,
        #[api_error(source)] std::io::Error,
    ),
}

/// Of a struct.
#[derive(ApiError, Debug)]
#[api_error(status = 409, code = "taken", message = "Taken.", crate = restwell_core)]
pub struct Taken;

fn raise(error: OrderError) -> Result<(), Error> {
    Err(error)?
}

#[test]
fn failures_are_declared() {
    let codes: Vec<_> = OrderError::CODES
        .iter()
        .map(|code| (code.status, code.code))
        .collect();
    assert_eq!(codes, [(400, "braces"), (422, "fields"), (502, "cause")]);
    assert_eq!(OrderError::CODES[1].declared_by, "OrderError::Fields");
    assert_eq!(Taken::CODES[0].declared_by, "Taken");
    assert_eq!(Error::from(Taken).status(), 409);
    assert_eq!(
        raise(OrderError::Braces).unwrap_err().message(),
        "Write {name}."
    );
    let fields = OrderError::Fields {
        left: 2,
        all: 3,
        place: "here",
    };
    assert_eq!(raise(fields).unwrap_err().message(), "2 of 3, 2!");
    let broken = OrderError::Cause("disk", std::io::Error::other("secret"));
    let error = raise(broken).unwrap_err();
    assert_eq!(error.message(), "It broke: disk.");
    assert!(error.downcast_source::<std::io::Error>().is_some());
}
