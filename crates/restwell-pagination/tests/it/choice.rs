//! The parameters decide what pages are.

use restwell_pagination::{ByParameter, Pagination};

use crate::schema::things;
use crate::{ids, line, page};

fn fives() -> ByParameter {
    ByParameter::new(5).max(10)
}

on_both! {
    fn each_parameter_has_its_pages(db: &Database) {
        db.execute(&things(12));
        for (query, expected) in [
            ("", "[1, 2, 3, 4, 5] Some(Some(12)) ?page=2 -"),
            ("page=3&limit=", "[11, 12] Some(Some(12)) - ?limit=&page=2"),
            ("limit=2", "[1, 2] Some(Some(12)) ?limit=2&offset=2 -"),
            ("offset=10", "[11, 12] Some(Some(12)) - ?limit=5&offset=5"),
        ] {
            let page = page(db, fives(), &[], query).expect(query);
            assert_eq!(line(&page), expected, "{query}");
        }
    }

    fn an_empty_cursor_begins_a_walk(db: &Database) {
        db.execute(&things(12));
        let first = page(db, fives(), &[], "cursor=&page_size=7").expect("a page");
        assert_eq!(ids(&first), [1, 2, 3, 4, 5, 6, 7]);
        let info = first.info.expect("a paginated list");
        assert_eq!(info.total.count(), None);
        let next = info.next.expect("a second page");
        let query = next.split_once('?').expect("a query").1;
        let second = page(db, fives(), &[], query).expect("a page");
        assert_eq!(ids(&second), [8, 9, 10, 11, 12]);
    }
}

#[test]
fn parameters_are_named() {
    let names = Pagination::from(fives()).parameters();
    assert_eq!(names, ["page", "page_size", "limit", "offset", "cursor"]);
    assert_eq!(Pagination::default().parameters(), ["page", "page_size"]);
}
