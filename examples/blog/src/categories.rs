//! Categories of posts.

use restwell::prelude::*;

use crate::bases::BlogBase;
use crate::posts::Post;
use crate::schema::categories;

/// A shelf for posts.
#[derive(Model, Clone, Debug)]
#[model(
    table = categories,
    audited,
    has_many(posts: Post),
    unique(name),
    slug(source = name, max = 120),
    verbose_name_plural = "categories"
)]
pub struct Category {
    /// The key.
    pub id: i64,
    /// What it is called.
    pub name: String,
    /// What its address says.
    pub slug: String,
}

/// A category as clients see and write it.
#[serializer(model = Category)]
pub struct CategorySerializer {
    #[field(read_only)]
    id: i64,
    #[validate(length(max = 100))]
    name: String,
    #[field(required = false)]
    #[validate(length(max = 120), slug)]
    slug: String,
}

/// `/categories/`
#[derive(Clone, Copy, Debug)]
pub struct Categories;

/// What posts are about.
#[viewset(base = BlogBase)]
impl ViewSet for Categories {
    type Model = Category;
    type Serializer = CategorySerializer;

    fn options() -> Options<Category> {
        BlogBase::options()
            .filter(Category::F.slug, (Exact,))
            .search([Category::F.name])
            .order((Category::F.name, Category::F.id))
            .default_order([Category::F.name.asc()])
    }
}
