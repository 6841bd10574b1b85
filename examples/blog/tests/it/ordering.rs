//! `?ordering=` of `GET /posts/`.

use restwell_testing::on_both_databases;

use crate::blog::{Blog, POSTS, Sample, started, titles};

fn three(blog: &Blog) {
    for (title, views, created_at, published_at) in [
        ("b", 2, "2026-01-01T00:00:00Z", Some("2026-01-09T00:00:00Z")),
        ("c", 1, "2026-01-03T00:00:00Z", Some("2026-01-07T00:00:00Z")),
        ("a", 2, "2026-01-02T00:00:00Z", Some("2026-01-08T00:00:00Z")),
    ] {
        blog.add(Sample {
            title,
            views,
            created_at,
            published_at,
            ..Sample::default()
        });
    }
}

fn ordered(blog: &Blog, ordering: &str) -> String {
    let response = blog.anonymous().get_with(POSTS, &[("ordering", ordering)]);
    titles(&response.expect(200)).concat()
}

on_both_databases! {
    with started;

    fn every_field_orders_up_and_down(blog) {
        three(blog);
        for (ordering, expected) in [
            ("title", "abc"),
            ("-title", "cba"),
            ("created_at", "bac"),
            ("-created_at", "cab"),
            ("published_at", "cab"),
            ("-published_at", "bac"),
        ] {
            assert_eq!(ordered(blog, ordering), expected, "{ordering}");
        }
    }

    fn later_fields_decide_between_equals(blog) {
        three(blog);
        assert_eq!(ordered(blog, "-views,title"), "abc");
        assert_eq!(ordered(blog, "-views,-title"), "bac");
        assert_eq!(ordered(blog, "views , title"), "cab");
    }

    fn an_order_that_is_empty_is_the_usual_one(blog) {
        three(blog);
        assert_eq!(ordered(blog, ""), "cab");
        assert_eq!(ordered(blog, " , "), "cab");
    }

    fn equals_keep_their_places_from_page_to_page(blog) {
        for number in 0..9 {
            blog.add(Sample {
                title: &number.to_string(),
                ..Sample::default()
            });
        }
        let page = |number| {
            titles(
                &blog
                    .anonymous()
                    .get(&format!("{POSTS}?ordering=views&page_size=3&page={number}")),
            )
        };
        let mut all = [page(1), page(2), page(3)].concat();
        all.sort();
        assert_eq!(all.concat(), "012345678");
    }

    fn an_unknown_order_is_refused_with_the_names_of_the_others(blog) {
        for (unknown, meant) in [
            ("titel", "title"),
            ("--views", "views"),
            ("author__password", ""),
            ("body", ""),
            ("password", ""),
        ] {
            let response = blog
                .anonymous()
                .get_with(POSTS, &[("ordering", unknown)])
                .expect(400);
            let message = response.errors()["ordering"][0].to_string();
            assert!(
                message.contains("Allowed: created_at, published_at, title, views."),
                "{message}"
            );
            assert!(message.contains(meant), "{message}");
        }
    }

    fn one_unknown_name_among_known_ones_is_refused(blog) {
        blog.anonymous()
            .get(&format!("{POSTS}?ordering=title,nonsense"))
            .expect(400);
    }
}
