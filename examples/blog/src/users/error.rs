use restwell::prelude::*;

/// What the rules of the blog refuse to do with a user.
#[derive(ApiError, Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserError {
    /// Nobody might be left who could give it back.
    #[api_error(
        status = 409,
        code = "own_role",
        message = "You cannot take the role of an admin from yourself."
    )]
    OwnRole,
}
