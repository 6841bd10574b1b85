//! Each lookup on each type that has it.

use restwell_filters::{
    Contains, Date, EndsWith, Exact, Filters, Gt, Gte, IContains, IEndsWith, IExact, IStartsWith,
    In, IsNull, Lookup, Lt, Lte, Month, Range, StartsWith, Year,
};

use crate::schema::{ANN, Post};
use crate::{errors, ids};

fn filters() -> Filters<Post> {
    Filters::new()
        .filter(Post::F.id, (Exact, In))
        .filter(
            Post::F.title,
            (
                Exact,
                IExact,
                Contains,
                IContains,
                StartsWith,
                IStartsWith,
                EndsWith,
                IEndsWith,
                In,
                Gte,
            ),
        )
        .filter(Post::F.body, (IContains, Contains, IsNull))
        .filter(Post::F.status, (Exact, In))
        .filter(Post::F.views, (Exact, Gt, Gte, Lt, Lte, In, Range))
        .filter(Post::F.rating, (Exact, Gt, Range, In))
        .filter(Post::F.price, (Exact, Lt, Range, In))
        .filter(
            Post::F.published_at,
            (Exact, Gte, Lt, Date, Year, Month, IsNull, In),
        )
        .filter(Post::F.day, (Exact, Range, Year, Month, In))
        .filter(Post::F.at, (Gt, Lte))
        .filter(Post::F.pinned, Exact)
        .filter(Post::F.author_id, (Exact, In, IsNull))
        .filter_as("seen", Post::F.views, Gte)
}

on_both! {
    fn each_lookup_finds_its_rows(db: &Database) {
        let filters = filters();
        let cases: &[(&str, &[i64])] = &[
            ("", &[1, 2, 3, 4]),
            ("id=3", &[3]),
            ("id__in=3,1,99", &[1, 3]),
            ("title=Django", &[3]),
            ("title=django", &[]),
            ("title__iexact=dJANGO", &[3]),
            ("title__iexact=CAFÉ *NOIR*", &[4]),
            ("title__contains=ust", &[1, 2]),
            ("title__contains=Rust", &[1]),
            ("title__icontains=RUST", &[1, 2]),
            ("title__startswith=Rust", &[1]),
            ("title__istartswith=rUSt", &[1, 2]),
            ("title__endswith=nails", &[2]),
            ("title__endswith=Nails", &[]),
            ("title__iendswith=NAILS", &[2]),
            ("title__in=Django,rusty_nails", &[2, 3]),
            ("body__icontains=ärger", &[2]),
            ("body__icontains=ÄRGER", &[2]),
            ("body__isnull=true", &[3]),
            ("body__isnull=FALSE", &[1, 2, 4]),
            ("status=draft", &[2, 4]),
            ("status__in=draft,published", &[1, 2, 3, 4]),
            ("views=10", &[1]),
            ("views__gt=10", &[2, 4]),
            ("views__gte=10", &[1, 2, 4]),
            ("views__lt=10", &[3]),
            ("views__lte=10", &[1, 3]),
            ("views__lte=-5", &[3]),
            ("views__in=10,30", &[1, 4]),
            ("views__range=10,20", &[1, 2]),
            ("views__range=20,10", &[]),
            ("seen__gte=20", &[2, 4]),
            ("rating=1.5", &[1]),
            ("rating__gt=-2", &[1, 4]),
            ("rating__range=-2,1.5", &[1, 2]),
            ("rating__in=1.5,2.5", &[1, 4]),
            ("price=9.5", &[1]),
            ("price__lt=10.001", &[1, 2]),
            ("price__range=9.5,10", &[1, 2]),
            ("price__in=9.50,100.250", &[1, 4]),
            ("published_at=2026-01-15T02:00:00%2B02:00", &[1]),
            ("published_at__gte=2026-01-15 00:00:01", &[2, 4]),
            ("published_at__lt=2026-01-16", &[1, 2]),
            ("published_at__date=2026-01-15", &[1, 2]),
            ("published_at__date=2026-01-16", &[4]),
            ("published_at__date=9999-12-31", &[]),
            ("published_at__year=2026", &[1, 2, 4]),
            ("published_at__year=2025", &[]),
            ("published_at__year=9999", &[]),
            ("published_at__month=1", &[1, 2, 4]),
            ("published_at__month=2", &[]),
            ("published_at__isnull=1", &[3]),
            ("published_at__in=2026-01-16T00:00:00Z,2026-01-15", &[1, 4]),
            ("day=2026-12-31", &[2]),
            ("day__in=2026-12-31,2025-12-31", &[2, 4]),
            ("day__range=2026-01-01,2026-12-31", &[1, 2]),
            ("day__year=2025", &[4]),
            ("day__month=12", &[2, 4]),
            ("at__gt=08:30", &[2]),
            ("at__lte=08:30:00", &[1, 4]),
            ("pinned=True", &[1]),
            ("pinned=0", &[2, 3, 4]),
            (&format!("author={ANN}"), &[1, 4]),
            ("author__isnull=true", &[3]),
            (&format!("author={ANN}&status=draft"), &[4]),
        ];
        for (query, expected) in cases {
            assert_eq!(ids(db, &filters, query), *expected, "{query}");
        }
    }

    fn wildcards_stand_for_themselves(db: &Database) {
        let filters = filters();
        for (query, expected) in [
            ("title__icontains=100%25", vec![1]),
            ("title__icontains=%25", vec![1]),
            ("title__icontains=_", vec![2]),
            ("title__contains=_", vec![2]),
            ("title__contains=*", vec![4]),
            ("title__contains=?", vec![]),
            ("body__contains=[b]", vec![4]),
            ("body__contains=c\\d", vec![4]),
            ("body__icontains=C\\D", vec![4]),
            ("title__startswith=%25", vec![]),
            ("title=' OR 1=1 --", vec![]),
        ] {
            assert_eq!(ids(db, &filters, query), expected, "{query}");
        }
    }

    fn empty_values_ask_for_nothing_and_the_last_of_several_counts(db: &Database) {
        let filters = filters();
        for query in ["status=", "status=%20", "views__in=", "views__in=,%20,", "title__icontains=+"] {
            assert_eq!(ids(db, &filters, query), [1, 2, 3, 4], "{query}");
        }
        assert_eq!(ids(db, &filters, "views=10&views=20"), [2]);
        assert_eq!(ids(db, &filters, "views=abc&views=20"), [2]);
        assert_eq!(ids(db, &filters, "views__in=10,,30,"), [1, 4]);
    }

    fn a_thousand_values_are_taken_and_no_more(db: &Database) {
        let filters = filters();
        let list = |length: usize| format!("views__in={}", vec!["10"; length].join(","));
        assert_eq!(ids(db, &filters, &list(1_000)), [1]);
        assert_eq!(
            errors(db, &filters, &list(1_001)),
            r#"{"views__in":["Ensure this field has no more than 1000 elements."]}"#
        );
    }
}

#[test]
fn the_declaration_can_be_read() {
    let filters = filters().search([Post::F.title]).order(Post::F.views);
    let names: Vec<&str> = filters.parameters().iter().map(|own| own.name()).collect();
    assert!(
        names.starts_with(&["id", "id__in", "title", "title__iexact"]),
        "{names:?}"
    );
    let by_name = |name| filters.parameters().iter().find(|own| own.name() == name);
    let author = by_name("author").expect("without _id");
    assert_eq!(author.column().map(|column| column.name), Some("author_id"));
    assert_eq!(author.kind(), Some(restwell_db::Kind::Uuid));
    let year = by_name("day__year").expect("a lookup");
    assert_eq!(year.lookup(), Some(Lookup::Year));
    assert_eq!(year.kind(), Some(restwell_db::Kind::Integer));
    assert_eq!(filters.searched().collect::<Vec<_>>(), ["title"]);
    assert_eq!(filters.orderings()[0].name(), "views");
}
