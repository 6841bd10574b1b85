//! Notebooks of owners, and their notes: with sound resources, and with some that leak.

use std::sync::Arc;

use restwell_core::{Action, Authenticator, Identity, Method, Principal, Result};
use restwell_db::relation::Relation;
use restwell_db::{Changes, Context, Model, Q};
use restwell_macros::{Model, serializer, viewset};
use restwell_permissions::{Decision, Permission, Rule, is_owner, read_only};
use restwell_testing::{Conformance, TestDatabase, TestServer};
use restwell_views::{Api, ExtraAction, Reply, Router, ViewSet};

const TABLES: &str = "
CREATE TABLE notebooks (id KEY, owner_id BIGINT NOT NULL, public BOOLEAN NOT NULL);
CREATE TABLE notes (
    id KEY, notebook_id BIGINT NOT NULL REFERENCES notebooks (id), owner_id BIGINT NOT NULL,
    text TEXT NOT NULL
);
";

mod schema {
    diesel::table! {
        notebooks (id) { id -> Int8, owner_id -> Int8, public -> Bool }
    }
    diesel::table! {
        notes (id) { id -> Int8, notebook_id -> Int8, owner_id -> Int8, text -> Text }
    }
}

#[derive(Model, Clone, Debug)]
#[model(table = schema::notebooks, scope = visible, has_many(notes: Note))]
pub(crate) struct Notebook {
    pub(crate) id: i64,
    pub(crate) owner_id: i64,
    pub(crate) public: bool,
}

fn visible(cx: &Context) -> Q<Notebook> {
    Notebook::F.public.eq(true) | Notebook::F.owner_id.is_current_user(cx)
}

#[derive(Model, Clone, Debug)]
#[model(table = schema::notes, scope = below_visible, belongs_to(notebook: Notebook))]
pub(crate) struct Note {
    pub(crate) id: i64,
    pub(crate) notebook_id: i64,
    pub(crate) owner_id: i64,
    pub(crate) text: String,
}

fn below_visible(cx: &Context) -> Q<Note> {
    Note::relation_notebook().having(visible(cx))
}

#[serializer(model = Notebook)]
pub(crate) struct NotebookSerializer {
    #[field(read_only)]
    id: i64,
    #[field(required = false)]
    public: bool,
}

#[serializer(model = Note)]
pub(crate) struct NoteSerializer {
    #[field(read_only)]
    id: i64,
    text: String,
    #[field(related)]
    notebook: Notebook,
}

pub(crate) struct Notebooks;

#[viewset(only(list, retrieve, update, partial_update, destroy))]
impl ViewSet for Notebooks {
    type Model = Notebook;
    type Serializer = NotebookSerializer;

    fn permission(&self, _: Action) -> Rule<Notebook> {
        read_only() | is_owner(Notebook::F.owner_id)
    }

    #[action(detail, methods = [post])]
    fn publish(&self, cx: &mut Context, notebook: Notebook) -> Result<Reply> {
        let changes = Changes::new().with(Notebook::F.public, true);
        let rows = Notebook::objects();
        let row = rows.update_one(cx, &notebook.id, changes, None)?;
        Reply::object::<NotebookSerializer>(&row.unwrap_or(notebook), cx)
    }
}

/// Below a notebook and alone.
pub(crate) struct Notes;

#[viewset(only(list, retrieve, partial_update, destroy))]
impl ViewSet for Notes {
    type Model = Note;
    type Serializer = NoteSerializer;

    fn permission(&self, _: Action) -> Rule<Note> {
        read_only() | is_owner(Note::F.owner_id)
    }
}

/// Forgets the scope, the rule or both, in every way that an application can.
pub(crate) struct Leaky;

#[viewset(only(retrieve))]
impl ViewSet for Leaky {
    type Model = Notebook;
    type Serializer = NotebookSerializer;

    fn permission(&self, _: Action) -> Rule<Notebook> {
        read_only() | is_owner(Notebook::F.owner_id)
    }

    fn extra_actions() -> Vec<ExtraAction<Self>> {
        let action = |name, detail, methods, run| ExtraAction {
            name,
            url_path: name,
            description: "",
            detail,
            methods,
            atomic: false,
            parameters: Some(&[]),
            idempotent: false,
            renders: None,
            throttle: None,
            run,
        };
        const GET: &[Method] = &[Method::Get];
        const POST: &[Method] = &[Method::Post];
        vec![
            action("everything", false, GET, |_, cx| {
                let rows = Notebook::objects().load(cx)?;
                let rows = rows.iter().map(|row| serde_json::json!({"id": row.id}));
                Ok(Reply::json(&rows.collect::<Vec<_>>()))
            }),
            action("peek", true, GET, |_, cx| {
                let row = unchecked(cx)?;
                Reply::object::<NotebookSerializer>(&row, cx)
            }),
            action("seize", true, POST, |_, cx| {
                let row = unchecked(cx)?;
                let changes = Changes::new().with(Notebook::F.owner_id, 77_i64);
                Notebook::objects().update_one(cx, &row.id, changes, None)?;
                Ok(Reply::no_content())
            }),
        ]
    }
}

/// The row of the path, whoever asks.
fn unchecked(cx: &mut Context) -> Result<Notebook> {
    let key = cx.request().param("pk").and_then(|key| key.parse().ok());
    Notebook::objects().find(cx, &key.unwrap_or(0))
}

/// A rule whose condition is not what it decides.
struct Contradictory;

impl Permission<Notebook> for Contradictory {
    fn decide(&self, _: Action, row: Option<&Notebook>, cx: &mut Context) -> Result<Decision> {
        Ok(match row {
            None => Decision::Unknown,
            Some(row) => (cx.user_id() == Some(row.owner_id)).into(),
        })
    }

    fn condition(&self, _: Action, _: &mut Context) -> Result<Option<Q<Notebook>>> {
        Ok(Some(Q::all()))
    }

    fn describe(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("contradictory")
    }
}

/// Lists what the rule refuses one by one.
pub(crate) struct Listing;

#[viewset(only(list))]
impl ViewSet for Listing {
    type Model = Notebook;
    type Serializer = NotebookSerializer;

    fn permission(&self, _: Action) -> Rule<Notebook> {
        Rule::new(Contradictory)
    }
}

/// A note whose notebook is a number, which nobody looks up.
#[serializer(model = Note)]
pub(crate) struct CarelessSerializer {
    #[field(read_only)]
    id: i64,
    #[field(required = false)]
    text: String,
    notebook_id: i64,
}

/// Moves notes into any notebook.
pub(crate) struct Careless;

#[viewset(only(partial_update))]
impl ViewSet for Careless {
    type Model = Note;
    type Serializer = CarelessSerializer;

    fn permission(&self, _: Action) -> Rule<Note> {
        is_owner(Note::F.owner_id)
    }
}

/// Notebooks that only their owners retrieve, public or not.
pub(crate) struct Private;

#[viewset(only(retrieve))]
impl ViewSet for Private {
    type Model = Notebook;
    type Serializer = NotebookSerializer;

    fn permission(&self, _: Action) -> Rule<Notebook> {
        is_owner(Notebook::F.owner_id)
    }
}

/// A note that goes into the notebooks that its writer may retrieve.
#[serializer(model = Note)]
pub(crate) struct CarefulSerializer {
    #[field(read_only)]
    id: i64,
    #[field(related, rule = is_owner(Notebook::F.owner_id))]
    notebook: Notebook,
}

/// Moves notes into the notebooks that are one's own.
pub(crate) struct Careful;

#[viewset(only(partial_update))]
impl ViewSet for Careful {
    type Model = Note;
    type Serializer = CarefulSerializer;

    fn permission(&self, _: Action) -> Rule<Note> {
        is_owner(Note::F.owner_id)
    }
}

/// Changes notes that a body names.
pub(crate) struct Bulk;

#[viewset(only(retrieve))]
impl ViewSet for Bulk {
    type Model = Note;
    type Serializer = NoteSerializer;

    fn permission(&self, _: Action) -> Rule<Note> {
        is_owner(Note::F.owner_id)
    }

    #[action(methods = [patch])]
    fn bulk(&self, cx: &mut Context) -> Result<Reply> {
        let body: serde_json::Value =
            serde_json::from_slice(&cx.request().body).unwrap_or_default();
        let id = body["id"].as_i64().unwrap_or_default();
        let note = Note::objects().find(cx, &id)?;
        let changes = Changes::new().with(Note::F.text, "changed");
        Note::objects().update_one(cx, &note.id, changes, None)?;
        Ok(Reply::no_content())
    }
}

/// `Authorization: Bearer 1`: the key is the credential.
struct Keys;

impl Authenticator<Context> for Keys {
    fn authenticate(&self, cx: &mut Context) -> Result<Option<Principal>> {
        let header = cx.request().headers.get("authorization");
        let Some(key) = header.and_then(|header| header.strip_prefix("Bearer ")) else {
            return Ok(None);
        };
        let user = Identity::new(key.parse::<i64>().unwrap_or_default(), key);
        Ok(Some(Principal::User(Arc::new(user))))
    }

    fn challenge(&self) -> String {
        "Bearer".to_owned()
    }
}

pub(crate) struct App {
    pub(crate) db: TestDatabase,
    pub(crate) api: Api,
    server: TestServer,
}

/// An application with these routes.
pub(crate) fn app(db: TestDatabase, router: Router) -> App {
    let key = if db.url().starts_with("postgres") {
        "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY"
    } else {
        "INTEGER PRIMARY KEY"
    };
    db.execute(&TABLES.replace("KEY,", &format!("{key},")));
    let api = Api::builder(db.pool())
        .authenticator(Keys)
        .routes(router)
        .build()
        .expect("an api");
    App {
        server: TestServer::start(&api),
        api,
        db,
    }
}

impl App {
    /// The matrix of nobody, the owner of the rows and somebody else.
    pub(crate) fn conformance(&self) -> Conformance<'_> {
        let client = self.server.client();
        Conformance::of(&self.api, &self.db)
            .principal("nobody", client.clone())
            .principal("the owner", client.bearer("1"))
            .principal("another", client.bearer("2"))
            .row("notebooks", "a public notebook", || self.notebook(1, true))
            .row("notebooks", "a secret notebook", || self.notebook(1, false))
            .row("notes", "a note in public", || self.note(true))
            .row("notes", "a secret note", || self.note(false))
    }

    /// Makes a notebook, and returns its key.
    pub(crate) fn notebook(&self, owner: i64, public: bool) -> String {
        let changes = Changes::new()
            .with(Notebook::F.owner_id, owner)
            .with(Notebook::F.public, public);
        let row = Notebook::objects().create(&mut self.db.context(), changes);
        row.expect("a notebook").id.to_string()
    }

    fn note(&self, public: bool) -> String {
        let notebook: i64 = self.notebook(1, public).parse().expect("a key");
        let changes = Changes::new()
            .with(Note::F.notebook_id, notebook)
            .with(Note::F.owner_id, 1_i64)
            .with(Note::F.text, "secret");
        let row = Note::objects().create(&mut self.db.context(), changes);
        row.expect("a note").id.to_string()
    }
}
