//! `?search=`: in titles and texts, every term.

use blog::posts::Status;
use restwell_testing::on_both_databases;

use crate::blog::{Blog, POSTS, Sample, started, titles};

fn library(blog: &Blog) {
    for (title, body) in [
        ("Apple pie", "Flour and butter."),
        ("Bread", "Flour, water and an apple."),
        ("Cake", "Butter pie? No: 100% sugar."),
        ("Über Tee", "C:\\tea_pot"),
    ] {
        blog.add(Sample {
            title,
            body,
            ..Sample::default()
        });
    }
    blog.add(Sample {
        title: "Apple draft",
        status: Status::Draft,
        ..Sample::default()
    });
}

fn found(blog: &Blog, terms: &str) -> Vec<String> {
    let parameters = [("search", terms), ("ordering", "title")];
    titles(&blog.anonymous().get_with(POSTS, &parameters).expect(200))
}

on_both_databases! {
    with started;

    fn a_term_is_found_in_the_title_or_the_text_whatever_its_case(blog) {
        library(blog);
        assert_eq!(found(blog, "APPLE"), ["Apple pie", "Bread"]);
        assert_eq!(found(blog, "sug"), ["Cake"]);
        assert_eq!(found(blog, "ÜBER"), ["Über Tee"]);
    }

    fn every_term_must_be_found_each_in_its_own_place(blog) {
        library(blog);
        assert_eq!(found(blog, "apple butter"), ["Apple pie"]);
        assert_eq!(found(blog, "apple,butter"), ["Apple pie"]);
        assert_eq!(found(blog, "pie butter"), ["Apple pie", "Cake"]);
        assert_eq!(found(blog, "apple nothing"), [""; 0]);
    }

    fn a_quoted_phrase_is_one_term(blog) {
        library(blog);
        assert_eq!(found(blog, "\"butter pie\""), ["Cake"]);
        assert_eq!(found(blog, "\"pie butter\""), [""; 0]);
        assert_eq!(found(blog, "'flour and' apple"), ["Apple pie"]);
    }

    fn a_wildcard_stands_for_itself(blog) {
        library(blog);
        assert_eq!(found(blog, "100%"), ["Cake"]);
        assert_eq!(found(blog, "1%0"), [""; 0]);
        assert_eq!(found(blog, "tea_pot"), ["Über Tee"]);
        assert_eq!(found(blog, "te__pot"), [""; 0]);
        assert_eq!(found(blog, "C:\\tea"), ["Über Tee"]);
    }

    fn an_empty_search_finds_everything(blog) {
        library(blog);
        for nothing in ["", "  ", ",", "\"\""] {
            assert_eq!(found(blog, nothing).len(), 4, "{nothing:?}");
        }
    }

    fn a_search_opens_no_door(blog) {
        library(blog);
        assert_eq!(found(blog, "draft"), [""; 0]);
    }

    fn a_null_character_is_refused(blog) {
        let response = blog
            .anonymous()
            .get(&format!("{POSTS}?search=a%00b"))
            .expect(400);
        assert_eq!(response.message(), "Null characters are not allowed.");
    }

    fn a_flood_of_terms_is_refused_or_served_but_never_fails(blog) {
        library(blog);
        for terms in [
            "a ".repeat(1_000),
            "a".repeat(3_000),
            "\"".repeat(500),
            "%_\\".repeat(200),
        ] {
            let response = blog.anonymous().get_with(POSTS, &[("search", &terms)]);
            assert!([200, 400].contains(&response.status), "{response:?}");
        }
    }
}
