//! Posts: the articles of the blog.

mod actions;
mod model;
mod serializers;
mod viewset;

pub(crate) use model::visible;
pub use model::{Post, Status};
pub use serializers::{PostListSerializer, PostSerializer, PostSerializerInput};
pub use viewset::Posts;
