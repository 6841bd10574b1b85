use restwell_macros::ApiError;

struct Opaque;

#[derive(ApiError)]
#[api_error(status = 422, code = "opaque", message = "It is {0}.", crate = restwell_core)]
struct NoDisplay(#[api_error(public)] Opaque);

fn declared<E: restwell_core::ApiError>() {}

struct Undeclared;

fn main() {
    declared::<Undeclared>();
}
