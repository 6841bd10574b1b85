//! Pages of `GET /posts/`: by number, by position, by cursor.

use restwell_testing::{Client, on_both_databases};
use serde_json::{Value, json};

use crate::blog::{Blog, POSTS, Sample, local, started, titles};

const TITLES: [&str; 7] = ["a", "b", "c", "d", "e", "f", "g"];

/// Seven posts, and the path to them in the order of their titles.
fn seven(blog: &Blog) -> String {
    blog.add_published(&TITLES);
    format!("{POSTS}?ordering=title")
}

/// The titles of every page from `path`, following `next` or `previous`.
fn walk(client: &Client, path: &str, direction: &str) -> (Vec<Vec<String>>, String) {
    let mut pages = Vec::new();
    let mut path = path.to_owned();
    loop {
        let page = client.get(&path).expect(200);
        pages.push(titles(&page));
        match &page.data()[direction] {
            Value::Null => return (pages, path),
            link => path = local(link),
        }
        assert!(
            pages.len() < 20,
            "the links go round in a circle: {pages:?}"
        );
    }
}

/// Walks to the end and back, and returns the sizes of the pages.
fn there_and_back(client: &Client, path: &str) -> Vec<usize> {
    let (pages, end) = walk(client, path, "next");
    assert_eq!(pages.concat(), TITLES);
    let (mut back, start) = walk(client, &end, "previous");
    back.reverse();
    assert_eq!(back, pages);
    assert_eq!(walk(client, &start, "next").0, pages);
    pages.iter().map(Vec::len).collect()
}

on_both_databases! {
    with started;

    fn pages_by_number_go_there_and_back(blog) {
        let path = seven(blog);
        assert_eq!(
            there_and_back(&blog.anonymous(), &format!("{path}&page_size=3")),
            [3, 3, 1]
        );
    }

    fn pages_by_position_go_there_and_back(blog) {
        let path = seven(blog);
        assert_eq!(
            there_and_back(&blog.anonymous(), &format!("{path}&limit=2")),
            [2, 2, 2, 1]
        );
    }

    fn pages_by_cursor_go_there_and_back(blog) {
        let path = format!("{}&cursor=&page_size=3", seven(blog));
        assert_eq!(there_and_back(&blog.anonymous(), &path), [3, 3, 1]);
    }

    fn links_are_absolute_sorted_and_keep_the_other_parameters(blog) {
        let path = format!("{}&page_size=2&search=text&fields=title", seven(blog));
        let client = blog.anonymous().header("Host", "blog.example:81");
        let page = client.get(&format!("{path}&page=2")).expect(200).data();
        let rest = "ordering=title&page=3&page_size=2&search=text";
        let next = format!("http://blog.example:81{POSTS}?fields=title&{rest}");
        assert_eq!(page["next"], next);
        let previous = next.replace("&page=3", "");
        assert_eq!(page["previous"], previous, "the first page needs no number");
    }

    fn the_count_is_that_of_all_pages(blog) {
        let path = seven(blog);
        for page in ["page=2&page_size=3", "limit=3&offset=3"] {
            let data = blog
                .anonymous()
                .get(&format!("{path}&{page}"))
                .expect(200)
                .data();
            assert_eq!(data["count"], 7);
        }
        let page = blog
            .anonymous()
            .get(&format!("{path}&cursor="))
            .expect(200)
            .data();
        assert!(page.get("count").is_none(), "{page}");
    }

    fn the_last_page_has_a_name(blog) {
        let path = seven(blog);
        let last = blog
            .anonymous()
            .get(&format!("{path}&page_size=3&page=last"))
            .expect(200);
        assert_eq!(titles(&last), ["g"]);
        assert!(last.data()["next"].is_null());
    }

    fn a_page_that_is_not_there_is_not_found(blog) {
        let path = seven(blog);
        for page in [
            "0",
            "-1",
            "abc",
            "1.5",
            "4",
            "99999999999999999999999",
            "9223372036854775807",
        ] {
            let response = blog
                .anonymous()
                .get(&format!("{path}&page_size=3&page={page}"))
                .expect(404);
            assert_eq!(response.message(), "Invalid page.", "for {page}");
        }
        assert_eq!(
            titles(&blog.anonymous().get(&format!("{path}&page="))).len(),
            7
        );
    }

    fn the_first_page_of_nothing_is_empty_and_there_is_no_second(blog) {
        assert_eq!(
            blog.anonymous()
                .get(&format!("{POSTS}?page=1"))
                .expect(200)
                .data()["count"],
            0
        );
        assert_eq!(
            blog.anonymous()
                .get(&format!("{POSTS}?page=last"))
                .expect(200)
                .data()["count"],
            0
        );
        blog.anonymous().get(&format!("{POSTS}?page=2")).expect(404);
    }

    fn the_size_of_a_page_has_a_default_and_a_limit(blog) {
        let names: Vec<String> = (0..110).map(|number| format!("post {number:03}")).collect();
        let minute =
            |number: usize| format!("2026-01-01T{:02}:{:02}:00Z", number / 60, number % 60);
        for (number, title) in names.iter().enumerate() {
            blog.add(Sample {
                title,
                created_at: &minute(number),
                ..Sample::default()
            });
        }
        let size = |query: &str| {
            let page = blog
                .anonymous()
                .get(&format!("{POSTS}?{query}"))
                .expect(200);
            page.results().len()
        };
        for nonsense in [
            "",
            "page_size=0",
            "page_size=-5",
            "page_size=abc",
            "page_size=",
            "limit=0&offset=1",
        ] {
            assert_eq!(size(nonsense), 25, "{nonsense}");
        }
        for much in [
            "page_size=1000",
            "page_size=99999999999999999999",
            "limit=1000",
            "cursor=&page_size=1000",
        ] {
            assert_eq!(size(much), 100, "{much}");
        }
        let page = blog
            .anonymous()
            .get(&format!("{POSTS}?page_size=1000"))
            .data();
        assert!(
            local(&page["next"]).contains("page_size=1000"),
            "the client's own words stay"
        );
    }

    fn an_offset_beyond_the_end_is_an_empty_page(blog) {
        let path = seven(blog);
        let data = blog
            .anonymous()
            .get(&format!("{path}&limit=3&offset=70"))
            .expect(200)
            .data();
        assert_eq!(data["results"], json!([]));
        assert_eq!(data["count"], 7);
        assert!(data["next"].is_null());
        assert!(data["previous"].is_string());
    }

    fn an_offset_that_is_no_number_is_nought(blog) {
        let path = seven(blog);
        for offset in ["-1", "abc", "", "1.5"] {
            let page = blog
                .anonymous()
                .get(&format!("{path}&limit=2&offset={offset}"))
                .expect(200);
            assert_eq!(titles(&page), ["a", "b"], "{offset}");
            assert!(page.data()["previous"].is_null());
        }
        blog.anonymous()
            .get(&format!("{path}&limit=2&offset=99999999999999999999999"))
            .expect(400);
    }

    fn previous_to_the_start_needs_no_offset(blog) {
        let path = seven(blog);
        let page = blog
            .anonymous()
            .get(&format!("{path}&limit=2&offset=1"))
            .expect(200)
            .data();
        assert_eq!(
            local(&page["previous"]),
            format!("{POSTS}?limit=2&ordering=title")
        );
    }

    fn filters_come_before_pages(blog) {
        blog.add_published(&["apple pie", "apple tart", "bread", "apple cake"]);
        let path = format!("{POSTS}?search=apple&ordering=title&page_size=2&page=2");
        let page = blog.anonymous().get(&path).expect(200);
        assert_eq!(titles(&page), ["apple tart"]);
        assert_eq!(page.data()["count"], 3);
        blog.anonymous()
            .get(&path.replace("page=2", "page=3"))
            .expect(404);
    }
}
