//! A page of any size costs the same few statements.

use blog::commands::seed;
use restwell_testing::{Client, assert_page_budget, assert_query_budget, on_both_databases};
use serde_json::{Value, json};

use crate::blog::{Blog, POSTS, Sample, path_to, started};

/// A list: the count, the page, authors, categories, tags, and the numbers of comments.
const LIST: u64 = 6;
/// Whoever is authenticated is one row more. Roles and grants are remembered.
const LIST_OF_A_USER: u64 = LIST + 1;
const DETAIL: u64 = 6;
const CREATE: u64 = 8;

/// The user with this name, whose roles the server remembers.
fn known(blog: &Blog, name: &str) -> Client {
    let client = blog.user(name);
    client.post(POSTS, &json!({})).expect(400);
    client
}

/// Two hundred posts of many authors, with categories, tags and comments. The first in every order
/// has some of each, and is of somebody else: what is not there, or known, saves a statement.
fn filled(blog: &Blog) {
    let bar = indicatif::ProgressBar::hidden();
    seed::fill(&mut blog.db.context(), 200, &bar).expect("posts");
    let (music, tea) = (blog.category("First of all"), blog.tag("first"));
    let path = blog.add(Sample {
        title: "The first",
        author: "second",
        views: 1_000_000,
        category: Some(music),
        tags: &[tea],
        ..Sample::default()
    });
    let body = json!({"body": "A remark."});
    blog.reader()
        .post(&format!("{path}comments/"), &body)
        .expect(201);
}

on_both_databases! {
    with started;

    fn a_list_costs_the_same_for_every_size(blog) {
        filled(blog);
        assert_page_budget(&blog.anonymous(), POSTS, LIST);
        for name in ["author", "editor"] {
            assert_page_budget(&known(blog, name), POSTS, LIST_OF_A_USER);
        }
    }

    fn a_list_that_is_searched_and_filtered_costs_no_more(blog) {
        filled(blog);
        let path =
            format!("{POSTS}?status=published&views__gte=0&search=the&ordering=-views,title");
        assert_page_budget(&blog.anonymous(), &path, LIST);
        assert_page_budget(&known(blog, "editor"), &path, LIST_OF_A_USER);
    }

    fn pages_of_other_kinds_cost_no_more(blog) {
        filled(blog);
        assert_page_budget(&blog.anonymous(), &format!("{POSTS}?cursor="), LIST);
        for limit in [1, 25, 100] {
            let path = format!("{POSTS}?limit={limit}&offset=10");
            assert_query_budget(&blog.anonymous(), &path, LIST);
        }
    }

    fn fewer_fields_cost_fewer_statements(blog) {
        filled(blog);
        let client = blog.anonymous();
        let all = client.get(POSTS).expect(200).statements();
        let few = client
            .get(&format!("{POSTS}?fields=id,title"))
            .expect(200)
            .statements();
        assert_eq!(few, 2, "the count and the page");
        assert!(few < all);
    }

    fn a_post_costs_the_same_with_one_comment_and_with_many(blog) {
        let tags = [blog.tag("tea"), blog.tag("bread")];
        let music = blog.category("Music");
        let path = blog.add(Sample {
            category: Some(music),
            tags: &tags,
            ..Sample::default()
        });
        let before = assert_query_budget(&blog.anonymous(), &path, DETAIL).statements();
        for _ in 0..5 {
            blog.reader()
                .post(&format!("{path}comments/"), &json!({"body": "x"}))
                .expect(201);
        }
        assert_eq!(
            assert_query_budget(&blog.anonymous(), &path, DETAIL).statements(),
            before
        );
        assert_query_budget(&known(blog, "author"), &path, DETAIL);
        assert_query_budget(&known(blog, "editor"), &path, DETAIL);
    }

    fn a_creation_costs_the_same_with_one_tag_and_with_many(blog) {
        let tags: Vec<i64> = (0..20)
            .map(|number| blog.tag(&format!("tag {number}")))
            .collect();
        let music = blog.category("Music");
        for tags in [&tags[..1], &tags] {
            let body = json!({"title": "A title", "body": "x", "category": music, "tags": tags});
            let statements = blog.author().post(POSTS, &body).expect(201).statements();
            assert!(statements <= CREATE, "{statements} statements");
        }
    }

    fn comments_cost_the_same_for_every_size(blog) {
        let path = blog.add(Sample::default());
        let place = format!("{path}comments/");
        let mut last = Value::Null;
        for number in 0..100 {
            let body = json!({"body": number, "parent": last});
            last = blog.reader().post(&place, &body).expect(201).data()["id"].take();
        }
        assert_page_budget(&blog.anonymous(), &place, LIST);
        assert_page_budget(&known(blog, "editor"), &place, LIST);
    }

    fn a_refusal_costs_little(blog) {
        let client = blog.anonymous();
        assert_eq!(client.post(POSTS, &json!({})).expect(401).statements(), 0);
        assert_eq!(client.bearer("bad").get(POSTS).expect(401).statements(), 0);
        assert_eq!(
            client
                .get(&format!("{POSTS}nonsense/"))
                .expect(404)
                .statements(),
            0
        );
        assert_eq!(
            client
                .get(&format!("{POSTS}?status=bogus"))
                .expect(400)
                .statements(),
            0
        );
    }

    fn a_state_that_is_known_costs_no_more_than_showing_it(blog) {
        let path = path_to(
            &blog
                .editor()
                .post(
                    POSTS,
                    &json!({"title": "x", "body": "x", "status": "published"}),
                )
                .expect(201)
                .data(),
        );
        let shown = blog.anonymous().get(&path).expect(200);
        let tag = shown.header("etag").expect("a tag").to_owned();
        let response = blog
            .anonymous()
            .header("If-None-Match", &tag)
            .get(&path)
            .expect(304);
        assert_eq!(response.statements(), shown.statements());
    }
}
