use restwell_macros::ApiError;

#[derive(ApiError)]
#[api_error(crate = restwell_core)]
enum OrderError {
    NoAttribute,
    #[api_error(status = 200, code = "fine", message = "Fine.")]
    Success,
    #[api_error(status = 422, code = "Not A Code", message = "Odd.")]
    Code,
    #[api_error(status = 422, code = "private", message = "For {name} alone.")]
    Private { name: String },
    #[api_error(status = 422, code = "unknown", message = "For {nobody}.")]
    Unknown {
        #[api_error(public)]
        name: String,
    },
    #[api_error(status = 422, code = "lone", message = "A { stands alone.")]
    Lone,
    #[api_error(status = 422, code = "twin", message = "One.")]
    One,
    #[api_error(status = 422, code = "twin", message = "Two.")]
    Two,
    #[api_error(status = 422, cod = "typo", message = "Three.")]
    Typo,
    #[api_error(status = "422", code = "text", message = "Four.")]
    Text,
    #[api_error(status = 500, code = "cause", message = "Five.")]
    Cause(#[api_error(public, source)] std::io::Error),
    #[api_error(status = 500, code = "field", message = "Six.")]
    Field(#[api_error(publik)] u8),
}

#[derive(ApiError)]
#[api_error(status = 422, code = "generic", message = "{0}", crate = restwell_core)]
struct Generic<T>(#[api_error(public)] T);

fn main() {}
