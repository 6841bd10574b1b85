//! Searches over fields and relations.

use restwell_filters::{Filters, Search};

use crate::schema::{Comment, Post, User};
use crate::{errors, ids};

fn fields() -> Filters<Post> {
    Filters::new()
        .search([Post::F.title])
        .search([Post::F.body])
}

on_both! {
    fn every_term_is_found_in_some_field(db: &Database) {
        for (query, expected) in [
            ("search=rust", vec![1, 2]),
            ("search=rust+fast", vec![1]),
            ("search=rust,fast", vec![1]),
            ("search=fast+django", vec![]),
            ("search=%22fast and%22", vec![1]),
            ("search='and fast'", vec![]),
            ("search=ÄRGER", vec![2]),
            ("search=100%25", vec![1]),
            ("search=[b]", vec![4]),
            ("search=", vec![1, 2, 3, 4]),
            ("search=,+,", vec![1, 2, 3, 4]),
        ] {
            assert_eq!(ids(db, &fields(), query), expected, "{query}");
        }
    }

    fn a_field_can_ask_for_its_beginning_or_its_whole(db: &Database) {
        let beginning = Filters::new().search([Search::istartswith(Post::F.title)]);
        assert_eq!(ids(db, &beginning, "search=NAILS"), [0; 0]);
        assert_eq!(ids(db, &beginning, "search=RUST"), [1, 2]);
        let whole = Filters::new().search([Search::iexact(Post::F.title)]);
        assert_eq!(ids(db, &whole, "search=rust"), [0; 0]);
        assert_eq!(ids(db, &whole, "search=DJANGO"), [3]);
    }

    fn related_rows_are_searched_without_repeating_a_row(db: &Database) {
        let filters = Filters::new()
            .search([Post::F.title])
            .search([Search::across(Post::relation_comments(), Comment::F.body)])
            .search([Search::across(Post::relation_author(), User::F.name)]);
        assert_eq!(ids(db, &filters, "search=great"), [1, 2], "the third one's is deleted");
        assert_eq!(ids(db, &filters, "search=great+long"), [1], "in two comments");
        assert_eq!(ids(db, &filters, "search=rusty+great"), [2]);
        assert_eq!(ids(db, &filters, "search=ann"), [1, 4]);
        assert_eq!(ids(db, &filters, "search=ben"), [0; 0], "who is out of sight");
    }

    fn a_search_has_bounds(db: &Database) {
        let many = format!("search={}", "a+".repeat(33));
        assert_eq!(
            errors(db, &fields(), &many),
            r#"{"search":["Ensure this value has at most 32 words."]}"#
        );
        let long = format!("search={}", "a".repeat(1_025));
        assert_eq!(
            errors(db, &fields(), &long),
            r#"{"search":["Ensure this value has at most 1024 bytes."]}"#
        );
        assert_eq!(ids(db, &fields(), &format!("search={}", "a+".repeat(32))), [1, 2, 3, 4]);
    }
}
