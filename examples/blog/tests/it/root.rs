//! `/api/v1/`: what there is.

use restwell_testing::on_both_databases;
use serde_json::json;

use crate::blog::started;

const ROOT: &str = "/api/v1/";

on_both_databases! {
    with started;

    fn the_root_links_to_every_collection(blog) {
        let admin = blog.admin();
        let links = admin.get(ROOT).expect(200).data();
        // Comments are listed below their posts alone.
        let names = ["posts", "tags", "categories", "users", "audit", "auth/tokens"];
        assert_eq!(links.as_object().map(serde_json::Map::len), Some(names.len()), "{links}");
        for name in names {
            let link = links[name].as_str().expect("a link");
            let path = format!("/api/v1/{name}/");
            assert!(link.starts_with("http://") && link.ends_with(&path), "{link}");
            admin.get(&path).expect(200);
        }
        let client = blog.anonymous().header("host", "blog.example");
        let elsewhere = client.get("/api/v1").expect(200).data();
        assert_eq!(elsewhere["tags"], "http://blog.example/api/v1/tags/");
    }

    fn the_root_is_read_alone(blog) {
        let refused = blog.admin().post(ROOT, &json!({})).expect(405);
        assert_eq!(refused.header("allow"), Some("GET, HEAD, OPTIONS"));
        blog.anonymous().get("/api/v1/?page=1").expect(400);
        blog.anonymous().head(ROOT).expect(200);
    }
}
