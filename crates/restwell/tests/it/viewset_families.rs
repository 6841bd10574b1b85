//! The families of viewsets that the documentation of `#[viewset]` lists: each has the routes that it
//! names, and nothing else answers.

use restwell::prelude::*;
use restwell::{Actions, Api, Method};
use restwell_testing::{Client, TestDatabase, TestServer, assert_enveloped, on_both_databases};
use serde_json::{Value, json};

use crate::tasks::{Keys, Task, TaskSerializer, create_tables, own};

macro_rules! family {
    ($name:ident, ($($keys:tt)*) $(, $bulk:expr)?) => {
        struct $name;

        #[viewset($($keys)*)]
        impl ViewSet for $name {
            type Model = Task;
            type Serializer = TaskSerializer;

            $(fn extensions() -> Extensions<Self> {
                Extensions::none().with($bulk)
            })?

            fn permission(&self, _: Action) -> Rule<Task> {
                is_authenticated()
            }

            fn prepare_create(
                &self,
                cx: &mut Context,
                task: &mut Validated<InputOf<Self::Create>>,
            ) -> Result<()> {
                own(cx, task);
                Ok(())
            }
        }
    };
}

family!(OfOne, ());
family!(OfOneAndMany, (), Bulk::new(10));
family!(ReadOnly, (read_only));
family!(ListOnly, (only(list)));
family!(ListAndCreate, (only(list, create)));
family!(WriteOnly, (except(list, retrieve)));
family!(BulkOnly, (generic), Bulk::new(10).only(Actions::WRITES));
family!(BulkCreate, (generic), Bulk::new(10).only(Actions::CREATE));
family!(
    BulkUpdate,
    (generic),
    Bulk::new(10).only(Actions::UPDATE.or(Actions::PARTIAL_UPDATE))
);
family!(BulkDelete, (generic), Bulk::new(10).only(Actions::DESTROY));

/// What the collection of each family answers to, one of its rows, and `bulk/`.
const FAMILIES: [(&str, [&str; 3]); 10] = [
    ("of-one", ["GET POST", "GET PUT PATCH DELETE", ""]),
    (
        "of-one-and-many",
        ["GET POST", "GET PUT PATCH DELETE", "POST PUT PATCH DELETE"],
    ),
    ("read-only", ["GET", "GET", ""]),
    ("list-only", ["GET", "", ""]),
    ("list-and-create", ["GET POST", "", ""]),
    ("write-only", ["POST", "PUT PATCH DELETE", ""]),
    ("bulk-only", ["", "", "POST PUT PATCH DELETE"]),
    ("bulk-create", ["", "", "POST"]),
    ("bulk-update", ["", "", "PUT PATCH"]),
    ("bulk-delete", ["", "", "DELETE"]),
];

const METHODS: [Method; 5] = [
    Method::Get,
    Method::Post,
    Method::Put,
    Method::Patch,
    Method::Delete,
];

struct Families {
    db: TestDatabase,
    server: TestServer,
}

fn families(db: TestDatabase) -> Families {
    create_tables(&db);
    let router = Router::new()
        .register("of-one", OfOne)
        .register("of-one-and-many", OfOneAndMany)
        .register("read-only", ReadOnly)
        .register("list-only", ListOnly)
        .register("list-and-create", ListAndCreate)
        .register("write-only", WriteOnly)
        .register("bulk-only", BulkOnly)
        .register("bulk-create", BulkCreate)
        .register("bulk-update", BulkUpdate)
        .register("bulk-delete", BulkDelete);
    let api = Api::builder(db.pool())
        .authenticator(Keys)
        .routes(router)
        .build()
        .expect("an api");
    Families {
        server: TestServer::start(&api),
        db,
    }
}

impl Families {
    fn client(&self) -> Client {
        self.server.client().always(assert_enveloped).bearer("1")
    }

    /// Makes a task, and returns its key.
    fn task(&self, title: &str) -> i64 {
        let made = self.client().post("/of-one/", &json!({"title": title}));
        made.expect(201).data()["id"].as_i64().expect("a key")
    }

    /// Asks for one thing, which must answer or not as it is declared.
    fn ask(&self, path: &str, method: Method, body: &Value, declared: &str, otherwise: u16) {
        let before = self.db.rows("tasks");
        let answer = self.client().send_json(method.as_str(), path, body);
        let is_declared = declared.split(' ').any(|own| own == method.as_str());
        let expected = match method {
            _ if !is_declared => otherwise,
            Method::Post => 201,
            Method::Delete => 204,
            _ => 200,
        };
        let answer = answer.expect(expected);
        let changes = is_declared && method != Method::Get;
        let rows = self.db.rows("tasks");
        assert_eq!(rows != before, changes, "{} {path}", method.as_str());
        if expected == 405 {
            let allowed = answer.header("allow").expect("the methods that there are");
            let own = allowed
                .split(", ")
                .filter(|name| !["HEAD", "OPTIONS"].contains(name));
            assert_eq!(own.collect::<Vec<_>>().join(" "), declared, "{path}");
        }
    }
}

/// The answer where a path does not have a method.
fn without(declared: &str) -> u16 {
    if declared.is_empty() { 404 } else { 405 }
}

on_both_databases! {
    with families;

    fn each_family_has_its_routes_and_nothing_else_answers(families) {
        for (name, [collection, row, bulk]) in FAMILIES {
            for method in METHODS {
                let id = families.task(&format!("{name} {}", method.as_str()));
                let title = |place: &str| format!("{name} {} {place}", method.as_str());
                let one = json!({"title": title("one")});
                let many = match method {
                    Method::Delete => json!({"ids": [id]}),
                    _ => json!([{"id": id, "title": title("many")}]),
                };
                let path = format!("/{name}/bulk/");
                if bulk.is_empty() && row.split(' ').any(|own| own == method.as_str()) {
                    // There it is the key of no row.
                    families.ask(&path, method, &one, "", 404);
                } else if bulk.is_empty() {
                    families.ask(&path, method, &many, row, without(row));
                } else {
                    families.ask(&path, method, &many, bulk, without(bulk));
                }
                let id = families.task(&title("again"));
                let path = format!("/{name}/");
                families.ask(&path, method, &json!({"title": title("new")}), collection, without(collection));
                families.ask(&format!("/{name}/{id}/"), method, &one, row, without(row));
            }
        }
    }

    fn an_array_is_for_collections_that_take_objects_and_arrays(families) {
        for (name, [collection, _, bulk]) in FAMILIES {
            let rows = json!([{"title": name}]);
            let takes = |routes: &str| routes.split(' ').any(|own| own == "POST");
            let status = match (takes(collection), takes(bulk)) {
                (true, true) => 201,
                (true, false) => 400,
                (false, _) => without(collection),
            };
            families.client().post(&format!("/{name}/"), &rows).expect(status);
        }
    }

    fn what_does_not_answer_says_so_to_everybody(families) {
        let nobody = families.server.client();
        nobody.post("/bulk-only/", &json!({"title": "a"})).expect(404);
        nobody.get("/bulk-only/").expect(404);
        nobody.post("/bulk-only/bulk/", &json!([{"title": "a"}])).expect(401);
    }
}
