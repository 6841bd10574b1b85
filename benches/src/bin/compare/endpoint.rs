//! The kinds of requests that are compared.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::Result;
use crate::client::{Client, request};
use crate::server::Server;
use crate::token;

/// How many posts are made at once.
const ROWS: usize = 1_000;

const POSTS: &str = "/api/v1/posts/";

/// A kind of request.
pub(crate) struct Endpoint {
    pub(crate) name: &'static str,
    pub(crate) status: u16,
    requests: Requests,
}

enum Requests {
    /// All alike.
    Same(Vec<u8>),
    /// A new post each.
    Create { token: String, body: Value },
    /// Many new posts each.
    Bulk { token: String, body: Value },
}

impl Endpoint {
    /// All of them; `blog` tells which rows there are. New posts are those of `author`, and many at
    /// once those of `editor`.
    pub(crate) fn all(blog: &Server, author: Uuid, editor: Uuid) -> Result<Vec<Self>> {
        let mut client = Client::connect(blog.address)?;
        let list = ask(&mut client, &request("GET", POSTS, None, None))?;
        let post = list["data"]["results"]
            .as_array()
            .into_iter()
            .flatten()
            .find(|post| !post["category"].is_null() && post["comment_count"] != 0)
            .ok_or("no post has a category and comments")?;
        let id = post["id"].as_str().ok_or("a post has no id")?;
        let token = token::access(author)?;
        let get = |name, target: &str, token| Self {
            name,
            status: 200,
            requests: Requests::Same(request("GET", target, token, None)),
        };
        Ok(vec![
            get("list", POSTS, None),
            get("authenticated", POSTS, Some(token.as_str())),
            get("deep", &format!("{POSTS}?page=2000"), None),
            get("detail", &format!("{POSTS}{id}/"), None),
            Self {
                name: "create",
                status: 201,
                requests: Requests::Create {
                    body: new_post(post, &list),
                    token,
                },
            },
            Self {
                name: "bulk",
                status: 201,
                requests: Requests::Bulk {
                    body: new_post(post, &list),
                    token: token::access(editor)?,
                },
            },
        ])
    }

    /// How many requests show what one takes, as many before them not counted.
    pub(crate) fn repetitions(&self) -> usize {
        match self.requests {
            Requests::Bulk { .. } => 3,
            _ => 100,
        }
    }

    /// The request that client number `client` sends as its `count`th.
    pub(crate) fn request(&self, client: usize, count: usize) -> Vec<u8> {
        match &self.requests {
            Requests::Same(request) => request.clone(),
            Requests::Create { token, body } => {
                let body = titled(body, &format!("{client}, {count}"));
                request("POST", POSTS, Some(token), Some(&body.to_string()))
            }
            Requests::Bulk { token, body } => {
                let rows = (0..ROWS).map(|row| titled(body, &format!("{client}, {count}, {row}")));
                many(token, rows.collect())
            }
        }
    }

    /// A request that every server may get, the same each time.
    pub(crate) fn sample(&self) -> Vec<u8> {
        match &self.requests {
            Requests::Same(request) => request.clone(),
            Requests::Create { token, body } => {
                request("POST", POSTS, Some(token), Some(&body.to_string()))
            }
            Requests::Bulk { token, body } => many(token, json!([body, body])),
        }
    }
}

/// A request for many posts at once.
fn many(token: &str, rows: Value) -> Vec<u8> {
    let path = format!("{POSTS}bulk/");
    request("POST", &path, Some(token), Some(&rows.to_string()))
}

/// The post with a title that no other has.
fn titled(post: &Value, place: &str) -> Value {
    let mut post = post.clone();
    let word = Uuid::now_v7().simple().to_string();
    post["title"] = json!(format!("A letter from {word} ({place})"));
    post
}

/// The body of a new post with the category of `post` and two tags of the list.
fn new_post(post: &Value, list: &Value) -> Value {
    let mut tags: Vec<i64> = list["data"]["results"]
        .as_array()
        .into_iter()
        .flatten()
        .flat_map(|post| post["tags"].as_array().into_iter().flatten())
        .filter_map(|tag| tag["id"].as_i64())
        .collect();
    tags.sort_unstable();
    tags.dedup();
    tags.truncate(2);
    json!({
        "title": "A letter from the harbour",
        "body": "The kettle sings, and the copper window is full of morning. ".repeat(10).trim(),
        "category": post["category"]["id"],
        "tags": tags,
    })
}

fn ask(client: &mut Client, request: &[u8]) -> Result<Value> {
    let response = client.send(request)?;
    if response.status >= 300 {
        let body = String::from_utf8_lossy(response.body);
        return Err(format!("the blog answered {}: {body}", response.status).into());
    }
    Ok(serde_json::from_slice(response.body)?)
}
