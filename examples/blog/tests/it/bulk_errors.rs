//! What is told of requests about many posts in which much is wrong.

use blog::categories::Category;
use blog::posts::Post;
use restwell::{Context, Model};
use restwell_testing::{Client, TestResponse, on_both_databases};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::blog::{Blog, keys, started};

const BULK: &str = "/api/v1/posts/bulk/";

/// How long an answer may be, whatever is wrong.
const LONGEST: usize = 600_000;

/// The details, each as its pointer and its code.
fn details(told: &Value) -> Vec<(&str, &str)> {
    let told = told["details"].as_array().expect("details").iter();
    told.map(|it| (text(it, "pointer"), text(it, "code")))
        .collect()
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().expect("a text")
}

/// What comes of rows that are sent as an array and as lines.
fn both(blog: &Blog, path: &str, rows: &[Value]) -> [TestResponse; 2] {
    let lines: String = rows.iter().map(|row| format!("{row}\n")).collect();
    let send = |media_type, body: &str| {
        let client = blog.editor().header("Content-Type", media_type);
        client.send("POST", path, Some(body.as_bytes()))
    };
    [
        send("application/json", &json!(rows).to_string()),
        send("application/x-ndjson", &lines),
    ]
}

/// What comes of a request that has read the rows as they are when `work` is committed.
fn meanwhile(
    blog: &Blog,
    work: impl FnOnce(&mut Context) -> restwell::Result<()>,
    send: impl FnOnce(&Client) -> TestResponse + Send,
) -> TestResponse {
    let editor = blog.editor();
    let editor = &editor;
    std::thread::scope(|scope| {
        let waiting = blog.db.context().atomic(|cx| {
            work(cx)?;
            let waiting = scope.spawn(move || send(editor));
            std::thread::sleep(std::time::Duration::from_millis(400));
            Ok(waiting)
        });
        waiting.expect("a commit").join().expect("an answer")
    })
}

on_both_databases! {
    with started;

    fn a_thousand_rows_with_a_hundred_errors_each_are_told_in_short(blog) {
        for tag in [json!({}), json!(987_654)] {
            let row = json!({"title": "x", "body": "x", "tags": vec![tag; 100]});
            for answer in both(blog, BULK, &vec![row; 1_000]) {
                let answer = answer.expect(400);
                assert!(answer.body.len() < LONGEST, "{} bytes", answer.body.len());
                let told = answer.json();
                let details = details(&told);
                assert_eq!(details.len(), 1_000 + 990 + 1);
                assert_eq!(details[0].0, "/0/tags/0");
                assert_eq!(details[1_989].0, "/999/tags/0");
                assert_eq!(details[1_990], ("", "more_errors"));
                let errors = answer.errors();
                assert_eq!(keys(&errors).len(), 1_000 + 1, "each row, and that there are more");
                let more = "There are more errors than these.";
                assert_eq!(errors["non_field_errors"], json!([more]));
            }
        }
    }

    fn a_category_that_is_deleted_meanwhile_is_told_at_its_field(blog) {
        let category = blog.category("Music");
        let rows = json!([{"title": "x", "body": "x"}, {"title": "y", "body": "y", "category": category}]);
        let answer = meanwhile(blog, |cx| {
            Category::objects().filter(Category::F.id.eq(category)).delete(cx).map(drop)
        }, |editor| editor.post(BULK, &rows));
        let message = format!("Invalid pk \"{category}\" - object does not exist.");
        assert_eq!(answer.expect(400).errors(), json!({"1": {"category": [message]}}));
        let category = blog.category("Tea");
        let answer = meanwhile(blog, |cx| {
            Category::objects().filter(Category::F.id.eq(category)).delete(cx).map(drop)
        }, |editor| editor.post("/api/v1/posts/", &json!({"title": "y", "body": "y", "category": category})));
        let message = format!("Invalid pk \"{category}\" - object does not exist.");
        assert_eq!(answer.expect(400).errors(), json!({"category": [message]}));
    }

    fn a_post_that_is_deleted_meanwhile_is_told_at_its_id(blog) {
        let posts = blog.editor().post(BULK, &json!(vec![json!({"title": "x", "body": "x"}); 2]));
        let posts = posts.expect(201).data();
        let id = text(&posts[1], "id");
        let key: Uuid = id.parse().expect("a key");
        let rows = json!([{"id": posts[0]["id"], "title": "y"}, {"id": id, "title": "y"}]);
        let answer = meanwhile(blog, |cx| {
            Post::objects().filter(Post::F.id.eq(key)).delete(cx).map(drop)
        }, |editor| editor.patch(BULK, &rows));
        let message = format!("Invalid pk \"{id}\" - object does not exist.");
        assert_eq!(answer.expect(400).errors(), json!({"1": {"id": [message]}}));
    }

    fn so_are_those_of_rows_that_are_refused_beside_others(blog) {
        let row = json!({"title": "x", "tags": vec![json!({}); 100]});
        for answer in both(blog, &format!("{BULK}?mode=partial"), &vec![row; 1_000]) {
            let data = answer.expect(207).data();
            assert_eq!(data["failed"], 1_000);
            let results = data["results"].as_array().expect("results");
            let told: Vec<_> = results.iter().map(details).collect();
            assert_eq!(told.iter().map(Vec::len).max(), Some(101));
            assert!(told.iter().map(Vec::len).sum::<usize>() < 4_000);
            assert!(told.iter().all(|own| own[0].1 != "more_errors"), "each has its first");
            assert_eq!(told[999].last(), Some(&("", "more_errors")));
        }
    }
}
