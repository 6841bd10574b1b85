use restwell::prelude::*;

/// What the rules of the blog refuse to do with a post.
#[derive(ApiError, Clone, Copy, Debug, PartialEq, Eq)]
pub enum PostError {
    /// It would be published without text.
    #[api_error(
        status = 422,
        code = "empty_post",
        message = "A post without text cannot be published."
    )]
    Empty,
}
