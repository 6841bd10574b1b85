//! Posts: the articles of the blog.

mod actions;
mod error;
mod model;
mod published;
mod serializers;
mod viewset;

pub use error::PostError;
pub(crate) use model::visible;
pub use model::{Post, Status};
pub use published::PostsPublished;
pub(crate) use published::{announce, find_published};
pub use serializers::{PostListSerializer, PostSerializer, PostSerializerInput};
pub use viewset::Posts;
