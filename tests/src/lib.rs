//! A library: authors, books and genres. The smallest application of restwell, whose code needs
//! nothing but `restwell` and `diesel`.

mod schema;

use restwell::prelude::*;
use restwell::{Api, BuildError, Pool};

pub use schema::tables;
use schema::{authors, book_genres, books, genres};

/// The README, whose program is compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;

/// Who wrote a book.
#[derive(Model, Clone, Debug)]
#[model(table = authors, has_many(books: Book), unique(name))]
pub struct Author {
    /// The key.
    pub id: i64,
    /// The name.
    pub name: String,
}

/// What a book is bound in.
#[derive(Choices, Clone, Copy, Debug, PartialEq)]
pub enum Binding {
    /// In cloth.
    Hardcover,
    /// In paper.
    Paperback,
}

/// A book.
#[derive(Model, Clone, Debug)]
#[model(table = books, version, belongs_to(author: Author, on_delete = protect),
        many_to_many(genres: Genre, through = book_genres))]
pub struct Book {
    /// The key.
    pub id: i64,
    /// The title.
    pub title: String,
    /// What it is bound in.
    pub binding: Binding,
    /// Who wrote it.
    pub author_id: i64,
    /// How often it was lent.
    pub lent: i32,
    /// How often it was written.
    pub version: i64,
}

/// A kind of books.
#[derive(Model, Clone, Debug)]
#[model(table = genres, unique(name))]
pub struct Genre {
    /// The key.
    pub id: i64,
    /// The name.
    pub name: String,
}

/// What has a key. Other crates may build on it.
#[serializer(group, export)]
pub struct Keyed {
    /// The key.
    #[field(read_only)]
    pub id: i64,
}

/// What has a name that is written with care. Other crates may build on it.
#[serializer(group, export, validate = differs_from_initials)]
pub struct Named {
    /// The name.
    #[validate(length(max = 40))]
    #[field(validate = crate::begins_with_a_capital)]
    pub name: String,
}

/// Takes the full stop off a name, and refuses one such as `lem`.
///
/// # Errors
/// When the first letter is small.
pub fn begins_with_a_capital(name: &mut String, _: &Context) -> Result<(), Invalid> {
    if name.ends_with('.') {
        name.pop();
    }
    if name.starts_with(char::is_lowercase) {
        return Err("Begin with a capital letter.".into());
    }
    Ok(())
}

fn differs_from_initials(named: &Named, _: &mut Context) -> Result<()> {
    if named.name.as_ref().is_some_and(|name| name.len() == 1) {
        return Err(Error::field("name", "initial", "Spell the name out."));
    }
    Ok(())
}

/// An author, with how many books there are.
#[serializer(model = Author, extends(Keyed))]
pub struct AuthorSerializer {
    #[validate(length(max = 80))]
    name: String,
    #[field(count = books)]
    book_count: i64,
}

/// A genre.
#[serializer(model = Genre, extends(Keyed))]
pub struct GenreSerializer {
    #[validate(length(max = 40), slug)]
    name: String,
}

/// A book; keys of author and genres go in, and themselves come out.
#[serializer(model = Book, extends(Keyed))]
pub struct BookSerializer {
    #[validate(length(min = 2, max = 120))]
    title: String,
    #[field(default = Binding::Paperback)]
    binding: Binding,
    #[field(related, as = data)]
    author: AuthorSerializer,
    #[field(related, as = data, required = false)]
    genres: Vec<GenreSerializer>,
    #[field(read_only)]
    lent: i32,
    #[field(method = label)]
    label: String,
}

fn label(book: &Book, _: &Context) -> String {
    format!("{} ({:?})", book.title, book.binding)
}

/// What the viewsets have in common: there are no users, so everybody may do everything.
#[derive(Clone, Copy, Debug)]
pub struct Open;

impl Base for Open {
    fn permission<M: Model>(_: &'static str, _: Action) -> Rule<M> {
        allow_any()
    }
}

/// `/authors/`
#[derive(Clone, Copy, Debug)]
pub struct Authors;

#[viewset(base = Open)]
impl ViewSet for Authors {
    type Model = Author;
    type Serializer = AuthorSerializer;
}

/// `/genres/`
#[derive(Clone, Copy, Debug)]
pub struct Genres;

#[viewset(base = Open, only(list, create))]
impl ViewSet for Genres {
    type Model = Genre;
    type Serializer = GenreSerializer;
}

/// `/books/`
#[derive(Clone, Copy, Debug)]
pub struct Books;

#[viewset(base = Open)]
impl ViewSet for Books {
    type Model = Book;
    type Serializer = BookSerializer;

    fn options() -> Options<Book> {
        Options::new()
            .filter(Book::F.binding, (Exact, In))
            .filter(Book::F.author_id, (Exact,))
            .search([Book::F.title])
            .order((Book::F.title, Book::F.lent))
            .paginate(PageNumber::new(10).max(50))
    }

    /// Counts one more reader.
    #[action(detail, methods = [post])]
    fn lend(&self, cx: &mut Context, book: Book) -> Result<Reply> {
        let this = || Book::objects().filter(Book::F.id.eq(book.id));
        this().increment(cx, Book::F.lent, 1)?;
        Reply::object::<BookSerializer>(&this().get(cx)?, cx)
    }
}

/// The library on the database of `pool`, which has its [`tables`].
///
/// # Errors
/// When a viewset or a route contradicts another.
pub fn api(pool: Pool) -> Result<Api, BuildError> {
    let routes = Router::new()
        .register("authors", Authors)
        .register("genres", Genres)
        .register("books", Books)
        .nested("authors", Authors, "books", Books, Book::F.author_id);
    Api::builder(pool).routes(routes).build()
}
