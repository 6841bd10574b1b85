//! One envelope for everything, and the manners of HTTP. The client of these tests checks the
//! envelope of every answer that any of them gets.

use restwell_testing::{TestResponse, on_both_databases};
use serde_json::json;

use crate::blog::{POSTS, Sample, keys, path_to, started};

on_both_databases! {
    with started;

    fn an_unknown_route_is_not_found(blog) {
        let client = blog.anonymous();
        for path in [
            "/",
            "/nowhere",
            "/api/",
            "/api/v2/",
            "/api/v2/posts/",
            "/api/v1/posts//",
            "/api/v1/posts/x/y/z/",
            "/API/v1/posts/",
            "/..",
            "//",
        ] {
            for method in ["GET", "POST", "DELETE", "OPTIONS", "BREW"] {
                let response = client.send(method, path, None);
                assert_eq!(response.status, 404, "{response:?}");
                assert_eq!(response.code(), "not_found");
            }
        }
    }

    fn both_forms_of_a_path_answer_without_a_redirect(blog) {
        let path = path_to(&blog.draft("A title"));
        for place in [POSTS, &path, "/api/v1/tags/", "/health/live/"] {
            let with = blog.author().get(place).expect(200);
            let without = blog.author().get(place.trim_end_matches('/')).expect(200);
            assert_eq!(with.json().get("data"), without.json().get("data"));
        }
        let body = json!({"title": "x", "body": "x"});
        blog.author().post("/api/v1/posts", &body).expect(201);
        blog.author()
            .patch(path.trim_end_matches('/'), &json!({}))
            .expect(200);
        blog.author().delete(path.trim_end_matches('/')).expect(204);
    }

    fn head_is_get_without_a_body(blog) {
        let path = blog.add(Sample::default());
        for place in [
            POSTS,
            &path,
            "/api/v1/posts/00000000-0000-0000-0000-000000000000/",
            "/nowhere/",
            "/api/v1/auth/me/",
        ] {
            let (head, get) = (blog.anonymous().head(place), blog.anonymous().get(place));
            assert_eq!(head.status, get.status, "{place}");
            assert_eq!(head.body, b"");
            assert_eq!(
                head.header("content-type"),
                get.header("content-type"),
                "{place}"
            );
            assert_eq!(head.header("etag"), get.header("etag"));
        }
    }

    fn options_describe_the_route(blog) {
        let list = blog.author().options(POSTS).expect(200).data();
        assert_eq!(list["name"], "Post List");
        assert_eq!(list["description"], "What authors write, and who may read it.");
        let publish = format!("{}publish/", path_to(&blog.draft("y")));
        let publish = blog.editor().options(&publish).expect(200).data();
        assert_eq!(publish["description"], "Shows a draft to everybody.");
        assert_eq!(list["renders"], json!(["application/json"]));
        let fields = &list["actions"]["POST"];
        assert_eq!(fields["title"]["type"], "string");
        assert_eq!(fields["title"]["required"], true);
        assert_eq!(fields["title"]["max_length"], 200);
        assert_eq!(fields["slug"]["required"], false);
        assert_eq!(fields["id"]["read_only"], true);
        let choices = fields["status"]["choices"].as_array().expect("choices");
        assert_eq!(choices.len(), 3);
        let detail = blog
            .author()
            .options(&path_to(&blog.draft("x")))
            .expect(200)
            .data();
        assert_eq!(detail["name"], "Post Instance");
        assert!(keys(&detail["actions"]).contains(&"PUT"));
    }

    fn every_answer_of_a_route_says_what_it_allows(blog) {
        let path = path_to(&blog.draft("A title"));
        let list = Some("GET, POST, HEAD, OPTIONS");
        let detail = Some("GET, PUT, PATCH, DELETE, HEAD, OPTIONS");
        for response in [
            blog.anonymous().get(POSTS),
            blog.anonymous().post(POSTS, &json!({})),
            blog.author().post(POSTS, &json!({})),
            blog.author().options(POSTS),
            blog.author().get(&format!("{POSTS}?status=bogus")),
            blog.author().get(&format!("{POSTS}?page=99")),
            blog.author().header("Accept", "text/csv").get(POSTS),
            blog.anonymous().bearer("bad").get(POSTS),
        ] {
            assert_eq!(response.header("allow"), list, "{response:?}");
        }
        for response in [
            blog.author().get(&path),
            blog.anonymous().get(&path),
            blog.author().post(&path, &json!({})),
            blog.author().delete(&path),
        ] {
            assert_eq!(response.header("allow"), detail, "{response:?}");
        }
    }

    fn only_json_is_rendered(blog) {
        for accept in [
            "text/csv",
            "text/html",
            "application/xml, text/*",
            "application/json;q=0",
        ] {
            let response = blog
                .anonymous()
                .header("Accept", accept)
                .get(POSTS)
                .expect(406);
            assert_eq!(
                response.message(),
                "Could not satisfy the request Accept header."
            );
        }
        for accept in [
            "*/*",
            "application/*",
            "application/json",
            "text/html, application/json;q=0.1",
            "",
        ] {
            blog.anonymous()
                .header("Accept", accept)
                .get(POSTS)
                .expect(200);
        }
        blog.anonymous()
            .get(&format!("{POSTS}?format=json"))
            .expect(200);
        blog.anonymous()
            .get(&format!("{POSTS}?format=xml"))
            .expect(404);
    }

    fn the_checks_have_drfs_order(blog) {
        let csv = blog.anonymous().header("Accept", "text/csv");
        csv.bearer("bad").delete(POSTS).expect(406);
        blog.anonymous().bearer("bad").delete(POSTS).expect(401);
        blog.anonymous().delete(POSTS).expect(401);
        blog.reader().delete(POSTS).expect(403);
        blog.editor().delete(POSTS).expect(405);
        blog.reader().post(POSTS, &json!([])).expect(403);
        let xml = blog.reader().header("Content-Type", "application/xml");
        xml.send("POST", POSTS, Some(b"<post/>")).expect(403);
    }

    fn who_sends_a_request_id_gets_it_back(blog) {
        let mine = "client-1.2_3";
        for path in [POSTS, "/nowhere/", "/api/v1/auth/me/"] {
            let response = blog.anonymous().header("X-Request-ID", mine).get(path);
            assert_eq!(response.header("x-request-id"), Some(mine));
        }
        for bad in ["a b", "<script>", "\u{e9}", &"x".repeat(129), "a\tb"] {
            let response = blog
                .anonymous()
                .header("X-Request-ID", bad)
                .get(POSTS)
                .expect(200);
            let id = response.header("x-request-id").expect("an id");
            assert_ne!(id, bad);
            assert_eq!(id.len(), 36);
        }
    }

    fn every_request_has_an_id_of_its_own(blog) {
        let id =
            |response: &TestResponse| response.header("x-request-id").expect("an id").to_owned();
        let client = blog.anonymous();
        assert_ne!(id(&client.get(POSTS)), id(&client.get(POSTS)));
    }

    fn a_success_has_a_message(blog) {
        let list = blog.anonymous().get(POSTS).expect(200);
        assert_eq!(list.message(), "Posts retrieved successfully");
        assert_eq!(list.header("content-type"), Some("application/json"));
    }

    fn health_is_nobodys_secret(blog) {
        for path in ["/health/live/", "/health/ready/"] {
            blog.anonymous().get(path).expect(200);
            blog.anonymous().bearer("bad").get(path).expect(200);
        }
    }

    fn names_of_tables_and_columns_are_in_no_failure(blog) {
        let music = blog.category("Music");
        let path = path_to(&blog.draft("A title"));
        blog.author()
            .patch(&path, &json!({"category": music}))
            .expect(200);
        for response in [
            blog.author().post(
                POSTS,
                &json!({"title": "x", "body": "x", "slug": "a-title"}),
            ),
            blog.author().get(&format!("{POSTS}?author=x")),
            blog.author().patch(&path, &json!({"category": 99})),
            blog.anonymous().get("/api/v1/posts/x/"),
        ] {
            let text = response.text().to_ascii_lowercase();
            for word in [
                "posts_",
                "sqlite",
                "postgres",
                "diesel",
                "constraint",
                "panick",
            ] {
                assert!(!text.contains(word), "{word} in {response:?}");
            }
        }
    }
}
