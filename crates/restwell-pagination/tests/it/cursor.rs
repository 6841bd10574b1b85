//! What a cursor is bound to, and what happens to the rest.

use proptest::prelude::*;
use restwell_core::{Error, QueryString};
use restwell_db::statement::Order;
use restwell_db::{ColumnSet, Model};
use restwell_pagination::{Cursor, Page, Pagination};
use uuid::Uuid;

use crate::database::Database;
use crate::schema::{Keyed, Thing, things};
use crate::{ids, line, page, refusal};

fn fives() -> Cursor {
    Cursor::new(5).max(10)
}

fn by_number() -> Vec<Order> {
    vec![Thing::F.number.asc().order()]
}

/// The `cursor` of the link to the next page.
fn next_cursor(page: &Page<Thing>) -> String {
    let info = page.info.as_ref().expect("a paginated list");
    let link = info.next.as_ref().expect("a next page");
    let query = QueryString::parse(link.split_once('?').expect("a query").1).expect("a query");
    query.get("cursor").expect("a cursor").to_owned()
}

fn bound(db: &Database, query: &str, binding: &str) -> Result<Page<Thing>, Error> {
    let mut cx = db.context(query);
    Pagination::from(fives()).paginate(Thing::objects(), by_number(), binding, &mut cx)
}

fn is_refused(result: Result<Page<Thing>, Error>, what: &str) {
    let (status, code, message, _) = refusal(result);
    assert_eq!(
        (status, &*code, &*message),
        (400, "invalid_cursor", "Invalid cursor"),
        "{what}"
    );
}

on_both! {
    fn a_cursor_is_good_for_its_list_alone(db: &Database) {
        db.execute(&things(12));
        let first = bound(db, "status=draft", "status=draft").expect("a page");
        let cursor = next_cursor(&first);
        let query = format!("cursor={cursor}");
        let second = bound(db, &query, "status=draft").expect("a page");
        assert_eq!(ids(&second), [6, 7, 8, 9, 10]);
        is_refused(bound(db, &query, "status=published"), "another filter");
        is_refused(bound(db, &query, ""), "no filter");
        is_refused(page(db, fives(), &[Thing::F.number.desc().order()], &query), "another order");
        is_refused(page(db, fives(), &[Thing::F.text.asc().order()], &query), "another column");
        let mut cx = db.context(&query);
        cx.request_mut().path = "/others/".to_owned();
        let elsewhere = Pagination::from(fives())
            .paginate(Thing::objects(), by_number(), "status=draft", &mut cx);
        is_refused(elsewhere, "another path");
        let mut cx = db.context(&query);
        cx.request_mut().path = "/things".to_owned();
        let unslashed = Pagination::from(fives())
            .paginate(Thing::objects(), by_number(), "status=draft", &mut cx);
        assert_eq!(ids(&unslashed.expect("a page")), [6, 7, 8, 9, 10]);
    }

    fn links_keep_the_other_parameters(db: &Database) {
        db.execute(&things(12));
        let first = page(db, fives(), &[], "z=1&page_size=1000&a=2").expect("a page");
        assert_eq!(first.rows.len(), 10);
        let next = first.info.expect("a paginated list").next.expect("a next page");
        assert!(next.starts_with("http://testserver/things/?a=2&cursor="), "{next}");
        assert!(next.ends_with("&page_size=1000&z=1"), "{next}");
    }

    fn the_size_may_change_on_the_way(db: &Database) {
        db.execute(&things(12));
        let cursor = next_cursor(&page(db, fives(), &by_number(), "").expect("a page"));
        let second = page(db, fives(), &by_number(), &format!("cursor={cursor}&page_size=2"));
        assert_eq!(ids(&second.expect("a page")), [6, 7]);
    }

    fn rows_that_come_and_go_move_nothing(db: &Database) {
        db.execute(&things(12));
        let cursor = next_cursor(&page(db, fives(), &by_number(), "").expect("a page"));
        db.execute("DELETE FROM things WHERE id IN (2, 5, 7)");
        db.execute("INSERT INTO things (id, number, text, flag) VALUES (100, 0, 'new', FALSE)");
        let second = page(db, fives(), &by_number(), &format!("cursor={cursor}")).expect("a page");
        assert_eq!(ids(&second), [6, 8, 9, 10, 11]);
    }

    fn a_page_that_became_empty_leads_back(db: &Database) {
        db.execute(&things(7));
        let second = format!("cursor={}", next_cursor(&page(db, fives(), &by_number(), "").expect("a page")));
        db.execute("DELETE FROM things WHERE id > 4");
        let empty = page(db, fives(), &by_number(), &second).expect("a page");
        assert_eq!(ids(&empty), [0; 0]);
        let info = empty.info.expect("a paginated list");
        assert_eq!(info.next, None);
        let back = info.previous.expect("the last page");
        let last = page(db, fives(), &by_number(), back.split_once('?').expect("a query").1);
        let last = last.expect("a page");
        assert_eq!(ids(&last), [1, 2, 3, 4]);
        assert_eq!(last.info.expect("a paginated list").previous, None);
    }

    fn a_page_that_became_empty_on_the_way_back_leads_to_the_first(db: &Database) {
        db.execute(&things(12));
        let second = format!("cursor={}", next_cursor(&page(db, fives(), &by_number(), "").expect("a page")));
        let second = page(db, fives(), &by_number(), &second).expect("a page");
        let info = second.info.expect("a paginated list");
        let back = info.previous.expect("the first page");
        db.execute("DELETE FROM things WHERE id < 6");
        let query = back.split_once('?').expect("a query").1;
        let empty = page(db, fives(), &by_number(), query).expect("a page");
        assert_eq!(line(&empty), "[] None ?cursor= -");
        let first = page(db, fives(), &by_number(), "cursor=").expect("a page");
        assert_eq!(ids(&first), [6, 7, 8, 9, 10]);
    }

    fn ordering_columns_are_read_though_nobody_shows_them(db: &Database) {
        db.execute(&things(12));
        let shown = ColumnSet::of(&[Thing::F.text.column().index]);
        let mut cx = db.context("");
        let pagination = Pagination::from(fives());
        let first = pagination
            .paginate(Thing::objects().only(shown), by_number(), "", &mut cx)
            .expect("a page");
        assert_eq!(first.rows[4].number, 5);
        assert_eq!(cx.statements(), 1);
        let mut cx = db.context(&format!("cursor={}", next_cursor(&first)));
        let second = pagination
            .paginate(Thing::objects().only(shown), by_number(), "", &mut cx)
            .expect("a page");
        assert_eq!(ids(&second), [6, 7, 8, 9, 10]);
    }

    fn uuid_keys_decide_between_equals(db: &Database) {
        for id in 1..=5_u128 {
            db.execute(&format!("INSERT INTO keys VALUES ('{}', 1)", Uuid::from_u128(id)));
        }
        let pagination = Pagination::from(Cursor::new(2));
        let order = vec![Keyed::F.number.desc().order()];
        let mut query = String::new();
        let mut seen = Vec::new();
        loop {
            let mut cx = db.context(&query);
            let page = pagination
                .paginate(Keyed::objects(), order.clone(), "", &mut cx)
                .expect("a page");
            seen.extend(page.rows.iter().map(|row| row.id.as_u128()));
            match page.info.expect("a paginated list").next {
                Some(next) => query = next.split_once('?').expect("a query").1.to_owned(),
                None => break,
            }
        }
        assert_eq!(seen, [5, 4, 3, 2, 1]);
    }

    fn no_text_but_a_cursor_is_one(db: &Database) {
        db.execute(&things(12));
        let cursor = next_cursor(&page(db, fives(), &by_number(), "").expect("a page"));
        for at in 0..cursor.len() {
            for with in ["A", "_", "", "AA", "%", "é"] {
                let mut changed = cursor.clone();
                changed.replace_range(at..=at, with);
                if changed == cursor {
                    continue;
                }
                let query = QueryString::default().replace("cursor", Some(&changed));
                is_refused(page(db, fives(), &by_number(), &query), &changed);
            }
        }
        proptest!(ProptestConfig::with_cases(200), |(text in "[^\0]{1,80}")| {
            let query = QueryString::default().replace("cursor", Some(&text));
            is_refused(page(db, fives(), &by_number(), &query), &text);
        });
    }
}

#[test]
fn without_a_signer_the_fault_is_the_applications() {
    let db = Database::sqlite();
    db.execute(&things(12));
    let mut cx = restwell_db::Context::detached(db.pool());
    let error = Pagination::from(fives())
        .paginate(Thing::objects(), Vec::new(), "", &mut cx)
        .expect_err("no signer");
    assert_eq!(error.status(), 500);
}
