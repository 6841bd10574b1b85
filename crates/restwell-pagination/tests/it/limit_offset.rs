//! Pages by position.

use restwell_pagination::{LimitOffset, NoPagination};

use crate::schema::things;
use crate::{ids, line, page, refusal};

fn fives() -> LimitOffset {
    LimitOffset::new(5).max(10)
}

on_both! {
    fn pages_are_linked(db: &Database) {
        db.execute(&things(12));
        for (query, expected) in [
            ("", "[1, 2, 3, 4, 5] Some(Some(12)) ?limit=5&offset=5 -"),
            ("limit=0&offset=-1", "[1, 2, 3, 4, 5] Some(Some(12)) ?limit=5&offset=5 -"),
            ("limit=abc&offset=abc", "[1, 2, 3, 4, 5] Some(Some(12)) ?limit=5&offset=5 -"),
            ("offset=3", "[4, 5, 6, 7, 8] Some(Some(12)) ?limit=5&offset=8 ?limit=5"),
            ("offset=5", "[6, 7, 8, 9, 10] Some(Some(12)) ?limit=5&offset=10 ?limit=5"),
            ("offset=6&a=1", "[7, 8, 9, 10, 11] Some(Some(12)) ?a=1&limit=5&offset=11 ?a=1&limit=5&offset=1"),
            ("offset=7", "[8, 9, 10, 11, 12] Some(Some(12)) - ?limit=5&offset=2"),
            ("limit=1000&offset=11", "[12] Some(Some(12)) - ?limit=10&offset=1"),
            ("limit=10000000000000000000000&offset=11", "[12] Some(Some(12)) - ?limit=10&offset=1"),
            ("offset=12", "[] Some(Some(12)) - ?limit=5&offset=7"),
        ] {
            let page = page(db, fives(), &[], query).expect(query);
            assert_eq!(line(&page), expected, "{query}");
        }
    }

    fn far_offsets_are_empty_and_farther_ones_refused(db: &Database) {
        db.execute(&things(12));
        for pagination in [fives(), fives().without_count(), fives().count_capped(3)] {
            let far = page(db, pagination, &[], "offset=9223372036854775807").expect("a page");
            assert_eq!(ids(&far), [0; 0]);
            let (status, _, _, fields) =
                refusal(page(db, pagination, &[], "offset=10000000000000000000000"));
            assert_eq!(status, 400);
            assert_eq!(
                fields.to_json().to_string(),
                r#"{"offset":["Ensure this value is less than or equal to 9223372036854775807."]}"#
            );
        }
    }

    fn pages_go_on_without_a_count(db: &Database) {
        db.execute(&things(12));
        let first = page(db, fives().without_count(), &[], "").expect("a page");
        assert_eq!(line(&first), "[1, 2, 3, 4, 5] Some(None) ?limit=5&offset=5 -");
        let last = page(db, fives().without_count(), &[], "offset=7").expect("a page");
        assert_eq!(line(&last), "[8, 9, 10, 11, 12] Some(None) - ?limit=5&offset=2");
        let capped = page(db, fives().count_capped(7), &[], "offset=10").expect("a page");
        assert_eq!(line(&capped), "[11, 12] Some(Some(7)) - ?limit=5&offset=5");
    }

    fn a_list_without_pages_is_whole_or_refused(db: &Database) {
        db.execute(&things(12));
        let whole = page(db, NoPagination::new(12), &[], "page=2&limit=1").expect("a list");
        assert_eq!(ids(&whole).len(), 12);
        assert!(whole.info.is_none());
        let (status, code, message, _) = refusal(page(db, NoPagination::new(11), &[], ""));
        assert_eq!((status, &*code), (400, "list_too_long"));
        assert_eq!(message, "The list has more than 11 rows. Filter it.");
    }
}
