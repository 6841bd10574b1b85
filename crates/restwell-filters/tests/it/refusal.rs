//! What is refused, and in which words.

use proptest::prelude::*;
use restwell_core::FieldError;
use restwell_filters::{Date, Exact, Filters, Gte, IContains, In, IsNull, Month, Range, Year};

use crate::database::Database;
use crate::schema::Post;
use crate::{apply, errors, ids};

fn filters() -> Filters<Post> {
    Filters::new()
        .filter(Post::F.status, (Exact, In))
        .filter(Post::F.views, (Exact, Gte, Range, In))
        .filter(Post::F.title, IContains)
        .filter(Post::F.pinned, Exact)
        .filter(Post::F.published_at, (Gte, Date, Year, Month, IsNull))
        .search([Post::F.title])
        .order((Post::F.views, Post::F.title))
}

/// The errors as `name code`.
fn codes(db: &Database, query: &str) -> Vec<String> {
    let error = apply(db, &filters(), query).expect_err(query);
    let one = |error: &FieldError| format!("{} {}", error.path.pointer(), error.code);
    error.fields().iter().map(one).collect()
}

on_both! {
    fn wrong_values_are_named_by_parameter(db: &Database) {
        for (query, expected) in [
            ("status=bogus", r#"{"status":["Select a valid choice. bogus is not one of the available choices."]}"#),
            ("status__in=draft,bogus", r#"{"status__in":["Select a valid choice. bogus is not one of the available choices."]}"#),
            ("views__gte=abc", r#"{"views__gte":["Enter a number."]}"#),
            ("views__gte=10000000000000000000000", r#"{"views__gte":["Ensure this value is less than or equal to 2147483647."]}"#),
            ("views__in=1,x", r#"{"views__in":["Enter a number."]}"#),
            ("views__range=1", r#"{"views__range":["Range query expects two values."]}"#),
            ("views__range=1,", r#"{"views__range":["Range query expects two values."]}"#),
            ("views__range=1,2,3", r#"{"views__range":["Range query expects two values."]}"#),
            ("views__range=a,2", r#"{"views__range":["Enter a number."]}"#),
            ("published_at__gte=yesterday", r#"{"published_at__gte":["Enter a valid date/time."]}"#),
            ("published_at__date=2026-13-01", r#"{"published_at__date":["Enter a valid date."]}"#),
            ("published_at__year=0", r#"{"published_at__year":["Ensure this value is greater than or equal to 1."]}"#),
            ("published_at__month=13", r#"{"published_at__month":["Ensure this value is less than or equal to 12."]}"#),
            ("published_at__isnull=banana", r#"{"published_at__isnull":["Must be a valid boolean."]}"#),
            ("pinned=banana", r#"{"pinned":["Must be a valid boolean."]}"#),
        ] {
            assert_eq!(errors(db, &filters(), query), expected, "{query}");
        }
    }

    fn everything_that_is_wrong_is_said_at_once(db: &Database) {
        assert_eq!(
            codes(db, "views__gte=a&status=b&stats=c&ordering=d&views__range=1"),
            [
                "/views__gte invalid",
                "/status invalid_choice",
                "/views__range invalid_values",
                "/stats unknown_filter",
                "/ordering unknown_ordering",
            ]
        );
    }

    fn an_unknown_parameter_is_refused_with_the_allowed_ones(db: &Database) {
        let filters = Filters::<Post>::new().filter(Post::F.status, (Exact, In)).order(Post::F.views);
        assert_eq!(
            errors(db, &filters, "statsu=draft&page=2"),
            r#"{"statsu":["Unknown filter. Did you mean \"status\"? Allowed: ordering, page, page_size, status, status__in."]}"#
        );
        assert_eq!(
            errors(db, &filters, "search=x"),
            r#"{"search":["Unknown filter. Allowed: ordering, page, page_size, status, status__in."]}"#
        );
        assert_eq!(codes(db, "status__exact=draft"), ["/status__exact unknown_filter"]);
    }

    fn leniently_unknown_names_are_ignored_and_wrong_values_are_not(db: &Database) {
        let lenient = filters().lenient();
        assert_eq!(ids(db, &lenient, "utm_source=x&status=draft"), [2, 4]);
        assert_eq!(ids(db, &lenient, "ordering=nonsense,-views"), [4, 2, 1, 3]);
        assert!(errors(db, &lenient, "status=bogus&utm_source=x").contains("status"));
    }

    fn few_unknown_parameters_are_named(db: &Database) {
        let many: Vec<String> = (0..200).map(|i| format!("x{i}=1")).collect();
        assert_eq!(codes(db, &many.join("&")).len(), 10);
    }
}

on_both! {
    fn no_query_string_is_more_than_a_400(db: &Database) {
        let names = ["status", "status__in", "views", "views__gte", "views__range", "views__in",
            "title__icontains", "pinned", "published_at__gte", "published_at__date",
            "published_at__year", "published_at__month", "published_at__isnull", "search", "ordering"];
        let values = prop_oneof![
            "[^\0&#]{0,40}",
            "[-+0-9.eE:TZ, ]{0,30}",
            r#"[a"', %_\\*\[\]?]{0,20}"#,
            Just("9".repeat(400)),
            Just("é".repeat(300)),
        ];
        let query = prop::collection::vec((prop::sample::select(names.to_vec()), values), 0..6);
        proptest!(ProptestConfig::with_cases(150), |(pairs in query)| {
            let text: Vec<(&str, Option<&str>)> =
                pairs.iter().map(|(name, value)| (*name, Some(value.as_str()))).collect();
            let query = restwell_core::QueryString::default().replace_all(&text);
            match apply(db, &filters(), &query) {
                Ok(_) => { ids(db, &filters(), &query); }
                Err(error) => prop_assert_eq!(error.status(), 400),
            }
        });
    }
}

#[test]
fn the_binding_is_that_of_the_filters_alone() {
    let db = Database::sqlite();
    let binding = |query: &str| apply(&db, &filters(), query).expect(query).binding;
    let drafts = binding("status=draft&views=1");
    assert_eq!(
        drafts,
        binding("views=1&page=3&status=draft&ordering=title")
    );
    assert_eq!(
        drafts,
        binding("views=2&views=1&status=+draft+&title__icontains=")
    );
    for other in [
        "",
        "status=draft",
        "status=draft&views=2",
        "search=x&status=draft&views=1",
    ] {
        assert_ne!(drafts, binding(other), "{other}");
    }
}
