//! `/users/`: the users, for admins.

use restwell_testing::on_both_databases;
use serde_json::{Value, json};

use crate::blog::{keys, started};

const USERS: &str = "/api/v1/users/";

on_both_databases! {
    with started;

    fn users_are_listed_by_name_without_secrets(blog) {
        let rows = blog.admin().get(USERS).expect(200).results();
        let names: Vec<&Value> = rows.iter().map(|row| &row["username"]).collect();
        assert_eq!(
            names,
            ["admin", "author", "editor", "reader", "second", "super"]
        );
        for row in &rows {
            assert!(!keys(row).contains(&"password"), "{row}");
        }
        blog.admin()
            .get(&format!("{USERS}?ordering=password"))
            .expect(400);
        blog.admin().get(&format!("{USERS}?password=x")).expect(400);
        blog.admin()
            .get(&format!("{USERS}?fields=password"))
            .expect(400);
    }

    fn users_are_filtered_and_searched(blog) {
        let found = |query: &str| {
            let rows = blog
                .admin()
                .get(&format!("{USERS}?{query}"))
                .expect(200)
                .results();
            rows.into_iter()
                .map(|mut row| row["username"].take())
                .collect::<Vec<_>>()
        };
        assert_eq!(found("username=reader"), ["reader"]);
        assert_eq!(found("search=edit"), ["editor"]);
        assert_eq!(found("is_active=false"), [json!(null); 0]);
    }

    fn an_admin_changes_a_user(blog) {
        let path = format!("{USERS}{}/", blog.key_of("reader"));
        let changed = blog
            .admin()
            .patch(&path, &json!({"first_name": "Ada"}))
            .expect(200)
            .data();
        assert_eq!(changed["first_name"], "Ada");
        let body = json!({"username": "x", "is_superuser": true, "password": "x"});
        blog.admin().patch(&path, &body);
        let same = blog.admin().get(&path).expect(200).data();
        assert_eq!(same, changed);
    }

    fn users_are_neither_made_nor_deleted_here(blog) {
        blog.admin()
            .post(USERS, &json!({"username": "x"}))
            .expect(405);
        blog.admin()
            .delete(&format!("{USERS}{}/", blog.key_of("reader")))
            .expect(405);
        blog.admin()
            .put(&format!("{USERS}{}/", blog.key_of("reader")), &json!({}))
            .expect(405);
    }

    fn roles_are_replaced_as_a_whole(blog) {
        let place = format!("{USERS}{}/roles/", blog.key_of("reader"));
        blog.admin()
            .put(&place, &json!(["editor", "author"]))
            .expect(200);
        blog.reader().get("/api/v1/posts/summary/").expect(200);
        blog.admin().put(&place, &json!([])).expect(200);
        blog.reader().get("/api/v1/posts/summary/").expect(403);
    }

    fn the_answer_says_what_roles_there_are(blog) {
        let place = format!("{USERS}{}/roles/", blog.key_of("reader"));
        let roles = json!(["editor", "author", "editor"]);
        let answer = blog.admin().put(&place, &roles).expect(200);
        assert_eq!(answer.data(), json!(["author", "editor"]));
        assert_eq!(blog.admin().get(&place).expect(200).data(), answer.data());
        blog.author().get(&place).expect(403);
    }

    fn wrong_roles_are_pointed_at(blog) {
        let place = format!("{USERS}{}/roles/", blog.key_of("reader"));
        for body in [json!(["editor", "ghost"]), json!(["editor", {}])] {
            let refused = blog.admin().put(&place, &body).expect(400);
            assert_eq!(refused.json()["details"][0]["pointer"], "/1", "{refused:?}");
        }
        let client = blog.admin().header("Content-Type", "application/json");
        for empty in [&b""[..], b" \n"] {
            let refused = client.send("PUT", &place, Some(empty)).expect(400);
            let message = &refused.json()["details"][0]["message"];
            assert_eq!(message, "This field may not be null.");
        }
    }

    fn an_admin_remains_one(blog) {
        let place = format!("{USERS}{}/roles/", blog.key_of("admin"));
        let refused = blog.admin().put(&place, &json!(["editor"])).expect(409);
        assert_eq!(refused.code(), "own_role");
        blog.admin().put(&place, &json!(["admin", "editor"])).expect(200);
        blog.user("super").put(&place, &json!([])).expect(200);
    }

    fn a_role_that_is_none_is_refused(blog) {
        let place = format!("{USERS}{}/roles/", blog.key_of("reader"));
        for wrong in [
            json!(["nonsense"]),
            json!("editor"),
            json!({"roles": []}),
            json!([1, true]),
            json!(null),
        ] {
            blog.admin().put(&place, &wrong).expect(400);
        }
        let nobody = format!("{USERS}00000000-0000-0000-0000-000000000000/roles/");
        blog.admin().put(&nobody, &json!(["editor"])).expect(404);
    }

    fn others_see_no_users(blog) {
        let path = format!("{USERS}{}/", blog.key_of("reader"));
        for place in [USERS, &path] {
            blog.anonymous().get(place).expect(401);
            blog.reader().get(place).expect(403);
            blog.author().get(place).expect(403);
        }
    }
}
