//! Pages by number: twelve rows in pages of five, as in the tables of DRF's behaviour.

use restwell_pagination::PageNumber;

use crate::schema::{Thing, things};
use crate::{line, page, refusal};

fn fives() -> PageNumber {
    PageNumber::new(5).max(10)
}

on_both! {
    fn pages_are_linked(db: &Database) {
        db.execute(&things(12));
        for (query, expected) in [
            ("", "[1, 2, 3, 4, 5] Some(Some(12)) ?page=2 -"),
            ("page=", "[1, 2, 3, 4, 5] Some(Some(12)) ?page=2 -"),
            ("page=2", "[6, 7, 8, 9, 10] Some(Some(12)) ?page=3 "),
            ("page=3", "[11, 12] Some(Some(12)) - ?page=2"),
            ("page=last", "[11, 12] Some(Some(12)) - ?page=2"),
            ("page=1&page=%203", "[11, 12] Some(Some(12)) - ?page=2"),
            ("z=1&page=2&a=b c", "[6, 7, 8, 9, 10] Some(Some(12)) ?a=b%20c&page=3&z=1 ?a=b%20c&z=1"),
            ("page_size=1000", "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10] Some(Some(12)) ?page=2&page_size=1000 -"),
            ("page_size=0", "[1, 2, 3, 4, 5] Some(Some(12)) ?page=2&page_size=0 -"),
            ("page_size=6&page=2", "[7, 8, 9, 10, 11, 12] Some(Some(12)) - ?page_size=6"),
        ] {
            let page = page(db, fives(), &[], query).expect(query);
            assert_eq!(line(&page), expected, "{query}");
        }
    }

    fn a_page_that_does_not_exist_is_a_404(db: &Database) {
        db.execute(&things(12));
        for query in [
            "page=0", "page=-1", "page=abc", "page=1.5", "page=4", "page=9223372036854775807",
            "page=10000000000000000000000", "page=LAST",
        ] {
            for pagination in [fives(), fives().without_count(), fives().count_capped(7)] {
                let (status, code, message, _) = refusal(page(db, pagination, &[], query));
                assert_eq!((status, &*code, &*message), (404, "invalid_page", "Invalid page."), "{query}");
            }
        }
    }

    fn an_empty_list_has_one_page(db: &Database) {
        for query in ["", "page=1", "page=last"] {
            let page = page(db, fives(), &[], query).expect(query);
            assert_eq!(line(&page), "[] Some(Some(0)) - -", "{query}");
        }
        assert_eq!(refusal(page(db, fives(), &[], "page=2")).0, 404);
        let uncounted = page(db, fives().without_count(), &[], "").expect("a page");
        assert_eq!(line(&uncounted), "[] Some(None) - -");
    }

    fn pages_go_on_without_a_count(db: &Database) {
        db.execute(&things(12));
        for (query, expected) in [
            ("", "[1, 2, 3, 4, 5] Some(None) ?page=2 -"),
            ("page=3", "[11, 12] Some(None) - ?page=2"),
            ("page=2&page_size=6", "[7, 8, 9, 10, 11, 12] Some(None) - ?page_size=6"),
        ] {
            let page = page(db, fives().without_count(), &[], query).expect(query);
            assert_eq!(line(&page), expected, "{query}");
        }
        assert_eq!(refusal(page(db, fives().without_count(), &[], "page=last")).0, 404);
    }

    fn a_capped_count_ends_and_the_pages_go_on(db: &Database) {
        db.execute(&things(12));
        let seven = fives().count_capped(7);
        let first = page(db, seven, &[], "").expect("a page");
        assert_eq!(line(&first), "[1, 2, 3, 4, 5] Some(Some(7)) ?page=2 -");
        let last = page(db, seven, &[], "page=3").expect("a page");
        assert_eq!(line(&last), "[11, 12] Some(Some(7)) - ?page=2");
        let exact = page(db, fives().count_capped(12), &[], "page=last").expect("a page");
        assert_eq!(line(&exact), "[11, 12] Some(Some(12)) - ?page=2");
    }

    fn a_page_costs_two_statements_whatever_its_size(db: &Database) {
        db.execute(&things(100));
        for (size, statements) in [(1, 2), (25, 2), (100, 2)] {
            let mut cx = db.context(&format!("page_size={size}"));
            let pagination: restwell_pagination::Pagination = PageNumber::new(25).max(100).into();
            let list = restwell_db::Model::objects();
            let page: restwell_pagination::Page<Thing> =
                pagination.paginate(list, Vec::new(), "", &mut cx).expect("a page");
            assert_eq!((page.rows.len(), cx.statements()), (size, statements));
        }
    }
}
