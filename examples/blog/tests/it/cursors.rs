//! Cursors over `GET /posts/` cannot be forged, and lose no row.

use blog::posts::Status;
use restwell_testing::{Client, on_both_databases};
use serde_json::Value;

use crate::blog::{Blog, POSTS, Sample, local, started, titles};

/// The cursor of the second page of `query`.
fn second(client: &Client, query: &str) -> String {
    let page = client
        .get(&format!("{POSTS}?{query}&cursor=&page_size=2"))
        .expect(200)
        .data();
    let next = local(&page["next"]);
    let (_, rest) = next.split_once("cursor=").expect("a cursor");
    rest.split('&').next().unwrap_or_default().to_owned()
}

fn refused(client: &Client, query: &str, cursor: &str) {
    let response = client
        .get(&format!("{POSTS}?{query}&page_size=2&cursor={cursor}"))
        .expect(400);
    assert_eq!(response.code(), "invalid_cursor", "{cursor}");
}

/// Every title that is found by following `next`.
fn all(client: &Client, query: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut path = format!("{POSTS}?{query}&cursor=&page_size=2");
    loop {
        let page = client.get(&path).expect(200);
        found.extend(titles(&page));
        match &page.data()["next"] {
            Value::Null => return found,
            next => path = local(next),
        }
        assert!(found.len() < 50, "the links go round in a circle");
    }
}

fn posts_of_one_moment(blog: &Blog) {
    for title in ["a", "b", "c", "d", "e"] {
        blog.add(Sample {
            title,
            ..Sample::default()
        });
    }
}

on_both_databases! {
    with started;

    fn a_cursor_that_was_tampered_with_is_refused(blog) {
        blog.add_published(&["a", "b", "c", "d"]);
        let client = blog.anonymous();
        let cursor = second(&client, "ordering=title");
        for place in 0..cursor.len() {
            let mut other = cursor.clone().into_bytes();
            other[place] = if other[place] == b'A' { b'B' } else { b'A' };
            refused(
                &client,
                "ordering=title",
                &String::from_utf8(other).expect("ASCII"),
            );
        }
        for nonsense in [
            "x",
            "%00x",
            "bz0xJnA9bm90aW50",
            "%F0%9F%92%A9",
            &cursor[1..],
            ".",
        ] {
            let response = client.get(&format!("{POSTS}?ordering=title&cursor={nonsense}"));
            assert_eq!(response.status, 400, "{response:?}");
        }
    }

    fn a_cursor_is_good_for_its_own_order_and_filters_alone(blog) {
        blog.add_published(&["a", "b", "c", "d"]);
        let client = blog.anonymous();
        let cursor = second(&client, "ordering=title");
        refused(&client, "ordering=-title", &cursor);
        refused(&client, "ordering=views", &cursor);
        refused(&client, "ordering=title&search=text", &cursor);
        client
            .get(&format!(
                "{POSTS}?ordering=title&page_size=3&cursor={cursor}"
            ))
            .expect(200);
    }

    fn a_cursor_of_one_list_is_none_of_another(blog) {
        blog.add_published(&["a", "b", "c", "d"]);
        let cursor = second(&blog.anonymous(), "ordering=title");
        let response = blog
            .anonymous()
            .get(&format!("/api/v1/tags/?cursor={cursor}"))
            .expect(400);
        assert_eq!(response.code(), "invalid_cursor");
    }

    fn rows_that_are_equal_in_the_order_are_all_found(blog) {
        posts_of_one_moment(blog);
        for order in [
            "created_at",
            "-created_at",
            "views",
            "-views",
            "published_at,views",
        ] {
            let mut found = all(&blog.anonymous(), &format!("ordering={order}"));
            found.sort();
            assert_eq!(found, ["a", "b", "c", "d", "e"], "by {order}");
        }
    }

    fn rows_without_a_value_are_all_found(blog) {
        for (title, published_at) in [
            ("a", None),
            ("b", Some("2026-01-02T00:00:00Z")),
            ("c", None),
            ("d", Some("2026-01-01T00:00:00Z")),
            ("e", None),
        ] {
            blog.add(Sample {
                title,
                published_at,
                ..Sample::default()
            });
        }
        for order in [
            "published_at",
            "-published_at",
            "published_at,-title",
            "-published_at,title",
        ] {
            let by_number = blog.anonymous().get(&format!("{POSTS}?ordering={order}"));
            assert_eq!(
                all(&blog.anonymous(), &format!("ordering={order}")),
                titles(&by_number),
                "by {order}"
            );
        }
    }

    fn rows_that_come_in_between_shift_no_page(blog) {
        blog.add_published(&["a", "c", "e", "g"]);
        let client = blog.anonymous();
        let first = client
            .get(&format!("{POSTS}?ordering=title&cursor=&page_size=2"))
            .expect(200);
        assert_eq!(titles(&first), ["a", "c"]);
        blog.add(Sample {
            title: "b",
            ..Sample::default()
        });
        blog.add(Sample {
            title: "f",
            ..Sample::default()
        });
        let second = client.get(&local(&first.data()["next"])).expect(200);
        assert_eq!(titles(&second), ["e", "f"]);
        let back = client.get(&local(&second.data()["previous"])).expect(200);
        assert_eq!(titles(&back), ["b", "c"]);
    }

    fn a_cursor_opens_no_door(blog) {
        for (title, status) in [
            ("a", Status::Published),
            ("b", Status::Draft),
            ("c", Status::Draft),
        ] {
            blog.add(Sample {
                title,
                status,
                ..Sample::default()
            });
        }
        let page = blog
            .author()
            .get(&format!("{POSTS}?ordering=title&cursor=&page_size=1"))
            .expect(200);
        let next = local(&page.data()["next"]);
        assert_eq!(titles(&blog.author().get(&next)), ["b"]);
        let page = blog.anonymous().get(&next);
        assert!(page.status == 400 || titles(&page).is_empty(), "{page:?}");
    }
}
