//! A library of books and authors, and its resources.

use restwell_core::{Action, Authenticator, Error, Identity, Principal, Result};
use restwell_db::relation::Relation;
use restwell_db::{Context, Model, Q, QuerySet};
use restwell_filters::{Exact, Gte, IContains};
use restwell_macros::{Model, serializer, viewset};
use restwell_pagination::PageNumber;
use restwell_permissions::{Rule, allow_any, is_authenticated, is_staff, read_only};
use restwell_views::{Options, Reply, Router, View, ViewSet};

pub(crate) const TABLES: &str = "
    CREATE TABLE authors (
        id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, hidden BOOLEAN NOT NULL DEFAULT 0
    );
    CREATE TABLE books (
        id INTEGER PRIMARY KEY, title TEXT NOT NULL, pages INTEGER,
        author_id BIGINT NOT NULL REFERENCES authors (id), version BIGINT NOT NULL
    );
    CREATE TABLE shelves (code TEXT PRIMARY KEY, label TEXT NOT NULL, version BIGINT NOT NULL);
    INSERT INTO authors VALUES (1, 'Ursula', 0), (2, 'Stanislaw', 0), (3, 'Nobody', 1);
    INSERT INTO books VALUES (1, 'The Dispossessed', 341, 1, 1), (2, 'Solaris', 204, 2, 1),
        (3, 'The Word for World Is Forest', NULL, 1, 1), (4, 'Hidden', 10, 3, 1);
    INSERT INTO shelves VALUES ('a', 'First', 1), ('b, \"c\"/d é', 'Second', 1);
";

mod schema {
    diesel::table! {
        authors (id) { id -> Int8, name -> Text, hidden -> Bool }
    }
    diesel::table! {
        books (id) {
            id -> Int8, title -> Text, pages -> Nullable<Int4>, author_id -> Int8, version -> Int8,
        }
    }
    diesel::table! {
        shelves (code) { code -> Text, label -> Text, version -> Int8 }
    }
}

#[derive(Model, Clone, Debug)]
#[model(table = schema::authors, has_many(books: Book), scope = known, unique(name))]
pub(crate) struct Author {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) hidden: bool,
}

fn known(_: &Context) -> Q<Author> {
    Author::F.hidden.eq(false)
}

#[derive(Model, Clone, Debug)]
#[model(table = schema::books, version, belongs_to(author: Author))]
pub(crate) struct Book {
    pub(crate) id: i64,
    pub(crate) title: String,
    pub(crate) pages: Option<i32>,
    pub(crate) author_id: i64,
    pub(crate) version: i64,
}

#[derive(Model, Clone, Debug)]
#[model(table = schema::shelves, version, primary_key = code)]
pub(crate) struct Shelf {
    pub(crate) code: String,
    pub(crate) label: String,
    pub(crate) version: i64,
}

#[serializer(model = Author)]
pub(crate) struct AuthorSerializer {
    #[field(read_only)]
    id: i64,
    name: String,
}

#[serializer(model = Book)]
pub(crate) struct BookSerializer {
    #[field(read_only)]
    id: i64,
    #[validate(length(max = 40))]
    title: String,
    pages: Option<i32>,
    #[field(related)]
    author: Author,
    #[field(read_only)]
    version: i64,
}

/// A book below its author, whom the path names.
#[serializer(model = Book)]
pub(crate) struct OwnBookSerializer {
    #[field(read_only)]
    id: i64,
    title: String,
    #[field(read_only, source = author_id)]
    author: i64,
}

#[serializer(model = Shelf)]
pub(crate) struct ShelfSerializer {
    code: String,
    label: String,
}

/// Everybody reads, whoever is authenticated writes, staff deletes.
pub(crate) struct Books;

/// The books.
///
/// All of them.
#[viewset]
impl ViewSet for Books {
    type Model = Book;
    type Serializer = BookSerializer;

    fn options() -> Options<Book> {
        Options::new()
            .filter(Book::F.title, (Exact, IContains))
            .filter(Book::F.pages, Gte)
            .search([Book::F.title])
            .order((Book::F.title, Book::F.pages))
            .paginate(PageNumber::new(2).max(5))
    }

    fn permission(&self, action: Action) -> Rule<Book> {
        match action {
            Action::Destroy => is_staff(),
            Action::Custom("long", _) => is_authenticated(),
            _ => read_only() | is_authenticated(),
        }
    }

    fn scope(&self, cx: &Context) -> Q<Book> {
        Book::relation_author().having(known(cx))
    }

    #[action(detail, methods = [post])]
    fn reprint(&self, cx: &mut Context, book: Book) -> Result<Reply> {
        Ok(Reply::object::<Self::Serializer>(&book, cx)?.message(format!("Again {}", book.title)))
    }

    #[action(detail, url_path = "reprint")]
    fn reprints(&self, cx: &mut Context, _book: Book) -> Result<Reply> {
        Ok(Reply::json(&cx.in_transaction()))
    }

    /// Those of which `than` is the length, or 300 pages.
    #[action(lists, parameters = ["than"])]
    fn short(&self, cx: &mut Context) -> Result<QuerySet<Book>> {
        let than = cx
            .request()
            .query
            .get("than")
            .and_then(|than| than.parse().ok());
        Ok(Book::objects().filter(Book::F.pages.lt(than.unwrap_or(300))))
    }

    #[action(lists)]
    fn long(&self, _: &mut Context) -> Result<QuerySet<Book>> {
        Ok(Book::objects().filter(Book::F.pages.gt(300)))
    }

    #[action(renders = "text/csv", parameters = ["fail"])]
    fn export(&self, cx: &mut Context) -> Result<Reply> {
        if cx.request().query.get("fail").is_some() {
            return Err(Error::business_rule("refused", "Refused."));
        }
        Ok(Reply::raw("text/csv", b"id\r\n1\r\n".to_vec()))
    }

    #[action]
    fn summary(&self, cx: &mut Context) -> Result<Reply> {
        let count = Book::objects().count(cx)?;
        Ok(Reply::json(&count).header("X-Total-Count", count.to_string()))
    }
}

/// Books below their author.
pub(crate) struct OwnBooks;

#[viewset]
impl ViewSet for OwnBooks {
    type Model = Book;
    type Serializer = OwnBookSerializer;

    fn permission(&self, _: Action) -> Rule<Book> {
        allow_any()
    }
}

pub(crate) struct Authors;

#[viewset(only(list, retrieve, create))]
impl ViewSet for Authors {
    type Model = Author;
    type Serializer = AuthorSerializer;

    fn permission(&self, _: Action) -> Rule<Author> {
        allow_any()
    }
}

/// Shelves, whose keys are texts. A write says which version it means.
pub(crate) struct Shelves;

#[viewset]
impl ViewSet for Shelves {
    type Model = Shelf;
    type Serializer = ShelfSerializer;

    fn options() -> Options<Shelf> {
        Options::new().require_version()
    }

    fn permission(&self, _: Action) -> Rule<Shelf> {
        allow_any()
    }
}

pub(crate) fn router() -> Router {
    Router::new()
        .register("books", Books)
        .register("authors", Authors)
        .register("shelves", Shelves)
        .nested("authors", Authors, "books", OwnBooks, Book::F.author_id)
        .view(
            "panic",
            View::new("panic", allow_any()).get(|_| panic!("the secret is 42")),
        )
        .view(
            "broken",
            View::new("broken", allow_any()).get(|_| Err(Error::internal("the secret is 42"))),
        )
        .view(
            "whoami",
            View::new("whoami", allow_any()).get(whoami).post(whoami),
        )
}

pub(crate) fn whoami(cx: &mut Context) -> Result<Reply> {
    let name = cx.principal().identity().map(|user| user.username.clone());
    Ok(Reply::json(&name))
}

/// `Authorization: Token ann`. The name is the credential; the staff is called root.
#[derive(Debug)]
pub(crate) struct Tokens;

impl Authenticator<Context> for Tokens {
    fn authenticate(&self, cx: &mut Context) -> Result<Option<Principal>> {
        let Some(header) = cx.request().headers.get("authorization") else {
            return Ok(None);
        };
        match header.strip_prefix("Token ") {
            Some(name @ ("ann" | "root")) => {
                let mut user = Identity::new(1, name);
                user.is_staff = name == "root";
                Ok(Some(Principal::User(std::sync::Arc::new(user))))
            }
            _ => Err(Error::authentication_failed("Invalid token.")),
        }
    }

    fn challenge(&self) -> String {
        "Token realm=\"library\"".to_owned()
    }
}
