//! Soft deletions that spread, are refused, and are taken back.

use chrono::{DateTime, TimeDelta, Utc};
use restwell_db::{Changes, Context, Model as _, QuerySet};
use restwell_macros::Model;

use crate::database::Database;

diesel::table! {
    shelves (id) { id -> Int8, name -> Text, deleted_at -> Nullable<Timestamptz> }
}
diesel::table! {
    books (id) {
        id -> Int8,
        shelf_id -> Nullable<Int8>,
        title -> Text,
        version -> Int8,
        deleted_at -> Nullable<Timestamptz>,
        deleted_by -> Nullable<Int8>,
    }
}
diesel::table! {
    pages (id) { id -> Int8, book_id -> Int8, deleted_at -> Nullable<Timestamptz> }
}
diesel::table! {
    loans (id) { id -> Int8, book_id -> Int8, deleted_at -> Nullable<Timestamptz> }
}
diesel::table! {
    stickers (id) { id -> Int8, book_id -> Int8 }
}

#[derive(Model, Clone, Debug)]
#[model(crate = restwell_db, table = shelves, soft_delete,
        has_many(books: Book, on_delete = cascade))]
struct Shelf {
    id: i64,
    name: String,
    deleted_at: Option<DateTime<Utc>>,
}

#[derive(Model, Clone, Debug)]
#[model(crate = restwell_db, table = books, soft_delete, version, unique(title),
        belongs_to(shelf: Shelf, on_delete = cascade),
        has_many(pages: Page, on_delete = cascade),
        has_many(stickers: Sticker, on_delete = cascade),
        has_many(loans: Loan))]
struct Book {
    id: i64,
    shelf_id: Option<i64>,
    title: String,
    version: i64,
    deleted_at: Option<DateTime<Utc>>,
    deleted_by: Option<i64>,
}

#[derive(Model, Clone, Debug)]
#[model(crate = restwell_db, table = pages, soft_delete, belongs_to(book: Book, on_delete = cascade))]
struct Page {
    id: i64,
    book_id: i64,
    deleted_at: Option<DateTime<Utc>>,
}

#[derive(Model, Clone, Debug)]
#[model(crate = restwell_db, table = loans, soft_delete, belongs_to(book: Book, on_delete = protect))]
struct Loan {
    id: i64,
    book_id: i64,
    deleted_at: Option<DateTime<Utc>>,
}

#[derive(Model, Clone, Debug)]
#[model(crate = restwell_db, table = stickers, belongs_to(book: Book, on_delete = cascade))]
struct Sticker {
    id: i64,
    book_id: i64,
}

const TABLES: &str = "
    CREATE TABLE shelves (id KEY, name TEXT NOT NULL, deleted_at TIMESTAMPTZ);
    CREATE TABLE books (
        id KEY, shelf_id BIGINT REFERENCES shelves ON DELETE CASCADE, title TEXT NOT NULL,
        version BIGINT NOT NULL, deleted_at TIMESTAMPTZ, deleted_by BIGINT
    );
    CREATE UNIQUE INDEX books_title_key ON books (title) WHERE deleted_at IS NULL;
    CREATE TABLE pages (
        id KEY, book_id BIGINT NOT NULL REFERENCES books ON DELETE CASCADE, deleted_at TIMESTAMPTZ
    );
    CREATE TABLE loans (
        id KEY, book_id BIGINT NOT NULL REFERENCES books, deleted_at TIMESTAMPTZ
    );
    CREATE TABLE stickers (
        id KEY, book_id BIGINT NOT NULL REFERENCES books ON DELETE CASCADE
    );";

/// A shelf with two books of two pages and a sticker each, with keys from 1.
fn furnished(db: &Database) -> Context {
    let mut cx = db.context_of(7_i64);
    let tables = if cx.dialect().expect("a connection").is_postgres() {
        TABLES.replace(" KEY", " BIGSERIAL PRIMARY KEY")
    } else {
        TABLES
            .replace(" KEY", " INTEGER PRIMARY KEY")
            .replace("TIMESTAMPTZ", "TEXT")
    };
    db.execute(&tables);
    let shelf = Changes::new().with(Shelf::F.name, "one");
    let shelf = Shelf::objects().create(&mut cx, shelf).expect("a shelf").id;
    for title in ["first", "second"] {
        let book = Changes::new()
            .with(Book::F.title, title)
            .with(Book::F.shelf_id, shelf);
        let book = Book::objects().create(&mut cx, book).expect("a book").id;
        let page = || Changes::new().with(Page::F.book_id, book);
        Page::objects()
            .create_many(&mut cx, vec![page(), page()])
            .expect("pages");
        let sticker = Changes::new().with(Sticker::F.book_id, book);
        Sticker::objects()
            .create(&mut cx, sticker)
            .expect("a sticker");
    }
    cx
}

fn shelves() -> QuerySet<Shelf> {
    Shelf::objects().with_deleted()
}

fn book(id: i64) -> QuerySet<Book> {
    Book::objects().with_deleted().filter(Book::F.id.eq(id))
}

fn page(id: i64) -> QuerySet<Page> {
    Page::objects().with_deleted().filter(Page::F.id.eq(id))
}

/// The living rows: shelves, books, pages and stickers.
fn living(cx: &mut Context) -> (i64, Vec<i64>, Vec<i64>, i64) {
    (
        Shelf::objects().count(cx).expect("a count"),
        Book::objects().values(Book::F.id, cx).expect("books"),
        Page::objects().values(Page::F.id, cx).expect("pages"),
        Sticker::objects().count(cx).expect("a count"),
    )
}

on_both! {
    fn a_deletion_spreads_to_what_can_be_deleted_softly(db: &Database) {
        let mut cx = furnished(db);
        assert_eq!(shelves().delete(&mut cx).expect("a number"), 1);
        assert_eq!(living(&mut cx), (0, vec![], vec![], 2));
        let deleted = book(1).get(&mut cx).expect("the book");
        assert_eq!((deleted.deleted_at, deleted.deleted_by), (Some(cx.now()), Some(7)));
        assert_eq!(deleted.version, 2);
    }

    fn a_restoration_brings_back_exactly_what_went_along(db: &Database) {
        let mut cx = furnished(db);
        page(1).delete(&mut cx).expect("a number");
        assert_eq!(book(2).delete(&mut cx).expect("a number"), 1);
        assert_eq!(living(&mut cx), (1, vec![1], vec![2], 2));
        shelves().delete(&mut cx).expect("a number");
        assert_eq!(living(&mut cx), (0, vec![], vec![], 2));
        assert_eq!(shelves().restore(&mut cx).expect("a number"), 1);
        assert_eq!(living(&mut cx), (1, vec![1], vec![2], 2));
        assert_eq!(book(2).restore(&mut cx).expect("a number"), 1);
        assert_eq!(living(&mut cx), (1, vec![1, 2], vec![2, 3, 4], 2));
        assert_eq!(page(1).restore(&mut cx).expect("a number"), 1);
        assert_eq!(living(&mut cx), (1, vec![1, 2], vec![1, 2, 3, 4], 2));
        assert_eq!(shelves().restore(&mut cx).expect("a number"), 0);
        let restored = book(1).get(&mut cx).expect("the book");
        assert_eq!((restored.deleted_at, restored.deleted_by, restored.version), (None, None, 3));
    }

    fn deleting_twice_does_not_stamp_again(db: &Database) {
        let mut cx = furnished(db);
        shelves().delete(&mut cx).expect("a number");
        let before = book(1).get(&mut cx).expect("the book");
        db.clock.advance(TimeDelta::hours(1));
        let mut later = db.context_of(8_i64);
        assert_eq!(shelves().delete(&mut later).expect("a number"), 0);
        assert_eq!(book(1).delete(&mut later).expect("a number"), 0);
        let after = book(1).get(&mut later).expect("the book");
        assert_eq!((after.deleted_at, after.deleted_by), (before.deleted_at, Some(7)));
        assert_eq!(after.version, before.version);
    }

    fn living_rows_protect_what_they_refer_to(db: &Database) {
        let mut cx = furnished(db);
        let loan = Changes::new().with(Loan::F.book_id, 1);
        let loan = Loan::objects().create(&mut cx, loan).expect("a loan").id;
        for error in [
            book(1).delete(&mut cx).expect_err("a loan"),
            shelves().delete(&mut cx).expect_err("a loan"),
            shelves().purge(&mut cx).expect_err("a loan"),
        ] {
            assert_eq!((error.status(), error.code()), (409, "protected"));
        }
        assert_eq!(living(&mut cx).1, [1, 2]);
        assert_eq!(book(2).delete(&mut cx).expect("a number"), 1);
        let loans = Loan::objects().filter(Loan::F.id.eq(loan));
        assert_eq!(loans.delete(&mut cx).expect("a number"), 1);
        assert_eq!(shelves().delete(&mut cx).expect("a number"), 1);
    }

    fn a_row_is_not_restored_below_a_deleted_one(db: &Database) {
        let mut cx = furnished(db);
        shelves().delete(&mut cx).expect("a number");
        let error = book(1).restore(&mut cx).expect_err("a deleted shelf");
        assert_eq!((error.status(), error.code()), (409, "deleted_reference"));
        assert_eq!(living(&mut cx).1, [0_i64; 0]);
    }

    fn a_restoration_is_whole_or_absent(db: &Database) {
        let mut cx = furnished(db);
        shelves().delete(&mut cx).expect("a number");
        Book::objects().create(&mut cx, Changes::new().with(Book::F.title, "second")).expect("a book");
        let error = shelves().restore(&mut cx).expect_err("a taken title");
        assert_eq!((error.status(), error.code()), (409, "taken"));
        assert_eq!(living(&mut cx), (0, vec![3], vec![], 2));
    }
}
