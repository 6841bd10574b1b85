//! Projects with all that can be written with them: tasks in steps, notes, labels, a brief and a
//! client.

use std::sync::{Arc, Mutex};

use restwell::Api;
use restwell::bulk::{Bulk, Extensions};
use restwell::db::{Recorder, RowChange};
use restwell::permissions::{Decision, Permission};
use restwell::prelude::*;
use restwell_testing::{Client as Http, TestDatabase, TestServer, assert_enveloped};

use crate::staff::Keys;

diesel::table! { clients (id) { id -> Int8, name -> Text } }
diesel::table! { labels (id) { id -> Int8, name -> Text } }
diesel::table! { projects (id) { id -> Int8, name -> Text, client_id -> Nullable<Int8> } }
diesel::table! { project_labels (project_id, label_id) { project_id -> Int8, label_id -> Int8 } }
diesel::table! { briefs (id) { id -> Int8, project_id -> Int8, text -> Text } }
diesel::table! { tasks (id) { id -> Int8, project_id -> Int8, title -> Text, hours -> Int4 } }
diesel::table! { steps (id) { id -> Int8, task_id -> Int8, text -> Text } }
diesel::table! { folders (id) { id -> Int8, parent_id -> Nullable<Int8>, name -> Text } }
diesel::table! {
    notes (id) {
        id -> Int8, project_id -> Nullable<Int8>, body -> Text, deleted_at -> Nullable<Timestamptz>,
    }
}

const TABLES: &str = "
CREATE TABLE clients (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE labels (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE projects (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, client_id BIGINT REFERENCES clients (id)
);
CREATE TABLE project_labels (
    project_id BIGINT NOT NULL REFERENCES projects (id),
    label_id BIGINT NOT NULL REFERENCES labels (id), PRIMARY KEY (project_id, label_id)
);
CREATE TABLE briefs (
    id INTEGER PRIMARY KEY, project_id BIGINT NOT NULL UNIQUE REFERENCES projects (id),
    text TEXT NOT NULL
);
CREATE TABLE tasks (
    id INTEGER PRIMARY KEY, project_id BIGINT NOT NULL REFERENCES projects (id),
    title TEXT NOT NULL, hours INT NOT NULL, UNIQUE (project_id, title)
);
CREATE TABLE steps (
    id INTEGER PRIMARY KEY, task_id BIGINT NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
    text TEXT NOT NULL
);
CREATE TABLE notes (
    id INTEGER PRIMARY KEY, project_id BIGINT REFERENCES projects (id), body TEXT NOT NULL,
    deleted_at TIMESTAMP
);
CREATE TABLE folders (
    id INTEGER PRIMARY KEY, parent_id BIGINT REFERENCES folders (id), name TEXT NOT NULL
);
INSERT INTO projects (name) VALUES ('Ark'), ('Babel');
INSERT INTO tasks (project_id, title, hours) VALUES (1, 'Hull', 0), (1, 'Roof', 0), (2, 'Tower', 0);
";

#[derive(Model, Clone, Debug)]
#[model(table = clients, unique(name))]
pub(crate) struct Client {
    id: i64,
    name: String,
}

#[derive(Model, Clone, Debug)]
#[model(table = labels, unique(name))]
pub(crate) struct Label {
    id: i64,
    name: String,
}

#[derive(Model, Clone, Debug)]
#[model(
    table = projects, unique(name), belongs_to(client: Client), has_one(brief: Brief),
    has_many(tasks: Task), has_many(notes: Note),
    many_to_many(labels: Label, through = project_labels)
)]
pub(crate) struct Project {
    id: i64,
    name: String,
    client_id: Option<i64>,
}

#[derive(Model, Clone, Debug)]
#[model(table = briefs, belongs_to(project: Project))]
pub(crate) struct Brief {
    id: i64,
    project_id: i64,
    text: String,
}

#[derive(Model, Clone, Debug)]
#[model(
    table = tasks, audited, unique(project_id, title), belongs_to(project: Project), has_many(steps: Step)
)]
pub(crate) struct Task {
    id: i64,
    project_id: i64,
    title: String,
    hours: i32,
}

#[derive(Model, Clone, Debug)]
#[model(table = steps, belongs_to(task: Task))]
pub(crate) struct Step {
    id: i64,
    task_id: i64,
    text: String,
}

#[derive(Model, Clone, Debug)]
#[model(table = notes, soft_delete, belongs_to(project: Project))]
pub(crate) struct Note {
    id: i64,
    project_id: Option<i64>,
    body: String,
    deleted_at: Option<chrono::DateTime<chrono::Utc>>,
}

#[derive(Model, Clone, Debug)]
#[model(
    table = folders, belongs_to(parent: Folder), has_many(folders: Folder, column = parent_id)
)]
pub(crate) struct Folder {
    id: i64,
    parent_id: Option<i64>,
    name: String,
}

/// User 7 makes no tasks; nobody deletes what was worked on, sees what is secret, or works more
/// than 40 hours.
struct Work;

impl Permission<Task> for Work {
    fn decide(&self, action: Action, task: Option<&Task>, cx: &mut Context) -> Result<Decision> {
        if action == Action::Create && cx.user_id() == Some(7_i64) {
            return Ok(Decision::Deny);
        }
        let Some(task) = task else {
            return Ok(Decision::Unknown);
        };
        Ok((match action {
            Action::Retrieve => !task.title.starts_with("Secret"),
            Action::Destroy => task.hours == 0,
            _ => task.hours <= 40,
        })
        .into())
    }

    fn describe(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("work")
    }
}

fn work() -> Rule<Task> {
    Rule::new(Work)
}

#[serializer(model = Client)]
pub(crate) struct ClientSerializer {
    #[field(read_only)]
    id: i64,
    #[validate(length(max = 20))]
    name: String,
}

#[serializer(model = Label)]
pub(crate) struct LabelSerializer {
    #[field(read_only)]
    id: i64,
    #[validate(length(max = 20))]
    name: String,
}

#[serializer(model = Brief)]
pub(crate) struct BriefSerializer {
    #[field(read_only)]
    id: i64,
    #[validate(length(max = 20))]
    text: String,
}

#[serializer(model = Step)]
pub(crate) struct StepSerializer {
    #[field(read_only)]
    id: i64,
    #[validate(length(max = 20))]
    text: String,
}

#[serializer(model = Note)]
pub(crate) struct NoteSerializer {
    #[field(read_only)]
    id: i64,
    body: String,
}

#[serializer(model = Task)]
pub(crate) struct TaskSerializer {
    #[field(read_only)]
    id: i64,
    #[validate(length(min = 2, max = 20))]
    title: String,
    #[field(default = 0)]
    hours: i32,
    #[field(related)]
    project: Project,
    #[field(nested, sync = replace, rule = allow_any(), required = false)]
    steps: Vec<StepSerializer>,
}

#[serializer(model = Project)]
pub(crate) struct ProjectSerializer {
    #[field(read_only)]
    id: i64,
    name: String,
    #[field(nested, sync = replace, rule = work(), required = false)]
    tasks: Vec<TaskSerializer>,
}

/// The same project, with all that is tied to it otherwise.
#[serializer(model = Project)]
pub(crate) struct BoardSerializer {
    #[field(read_only)]
    id: i64,
    name: String,
    #[field(nested, sync = append, rule = work(), required = false)]
    #[validate(length(max = 3))]
    tasks: Vec<TaskSerializer>,
    #[field(nested, sync = sync, rule = allow_any(), required = false)]
    notes: Vec<NoteSerializer>,
    #[field(nested, sync = sync, rule = allow_any(), required = false)]
    labels: Vec<LabelSerializer>,
    #[field(nested, sync = replace, rule = allow_any())]
    brief: Option<BriefSerializer>,
    #[field(nested, sync = sync, rule = allow_any())]
    client: Option<ClientSerializer>,
}

/// Is never shown.
#[serializer(model = Task, write_only)]
pub(crate) struct TaskLine {
    title: String,
    #[field(default = 0)]
    hours: i32,
}

/// Deletes notes softly.
#[serializer(model = Project)]
pub(crate) struct DeskSerializer {
    #[field(read_only)]
    id: i64,
    #[field(source = tasks, nested, write_only, sync = append, rule = work(), required = false)]
    #[validate(length(max = 1_500))]
    more: Vec<TaskLine>,
    #[field(nested, sync = replace, rule = allow_any(), required = false)]
    notes: Vec<NoteSerializer>,
}

/// The same project, with rows that stand for themselves by a name.
#[serializer(model = Project)]
pub(crate) struct CardSerializer {
    #[field(read_only)]
    id: i64,
    #[field(nested, sync = append, or = key, as = key, rule = work(), required = false)]
    tasks: Vec<TaskSerializer>,
    #[field(nested, sync = sync, or = key, slug = name, rule = allow_any(), required = false)]
    labels: Vec<LabelSerializer>,
    #[field(nested, sync = sync, or = key, slug = name, as = key, rule = allow_any())]
    client: Option<ClientSerializer>,
    #[field(nested, sync = replace, rule = rules_of(Notes), required = false)]
    notes: Vec<NoteSerializer>,
}

/// A task whose key the client chooses.
#[serializer(model = Task)]
pub(crate) struct KeyedTask {
    id: i64,
    title: String,
    #[field(default = 0)]
    hours: i32,
}

/// The same project, with tasks whose keys the client chooses.
#[serializer(model = Project)]
pub(crate) struct ShelfSerializer {
    #[field(read_only)]
    id: i64,
    #[field(nested, sync = append, rule = work())]
    tasks: Vec<KeyedTask>,
}

/// Notes: nobody changes one, and those that begin with a dot do not exist.
struct Notes;

#[viewset]
impl ViewSet for Notes {
    type Model = Note;
    type Serializer = NoteSerializer;

    fn permission(&self, action: Action) -> Rule<Note> {
        match action {
            Action::PartialUpdate => deny_all(),
            _ => allow_any(),
        }
    }

    fn scope(&self, _: &Context) -> Q<Note> {
        !Note::F.body.startswith(".")
    }
}

/// Folders in folders.
#[serializer(model = Folder)]
pub(crate) struct FolderSerializer {
    #[field(read_only)]
    id: i64,
    name: String,
    #[field(nested, write_only, sync = append, rule = allow_any(), required = false)]
    folders: Vec<FolderSerializer>,
}

struct Folders;

#[viewset]
impl ViewSet for Folders {
    type Model = Folder;
    type Serializer = FolderSerializer;

    fn permission(&self, _: Action) -> Rule<Folder> {
        allow_any()
    }
}

/// What was recorded: table, key and operation.
#[derive(Clone, Default)]
pub(crate) struct Journal(Arc<Mutex<Vec<String>>>);

impl Recorder for Journal {
    fn record(&self, _: &mut Context, changes: Vec<RowChange>) -> Result<()> {
        let lines = changes.into_iter().map(|change| {
            format!(
                "{} {} {:?}",
                change.meta.table, change.key, change.operation
            )
        });
        self.0.lock().expect("a journal").extend(lines);
        Ok(())
    }
}

impl Journal {
    /// What was recorded since this was last asked, sorted.
    pub(crate) fn read(&self) -> Vec<String> {
        let mut lines = std::mem::take(&mut *self.0.lock().expect("a journal"));
        lines.sort();
        lines
    }
}

macro_rules! viewsets {
    ($($name:ident: $serializer:ident),*) => {
        $(
            struct $name;

            #[viewset]
            impl ViewSet for $name {
                type Model = Project;
                type Serializer = $serializer;

                fn permission(&self, _: Action) -> Rule<Project> {
                    allow_any()
                }

                fn extensions() -> Extensions<Self> {
                    Extensions::none().with(Bulk::new(100).stream(1_000, 1_000_000))
                }
            }
        )*
    };
}
viewsets!(
    Projects: ProjectSerializer,
    Boards: BoardSerializer,
    Desks: DeskSerializer,
    Cards: CardSerializer,
    Shelves: ShelfSerializer
);

pub(crate) struct Office {
    pub(crate) journal: Journal,
    pub(crate) db: TestDatabase,
    server: TestServer,
}

pub(crate) fn office(db: TestDatabase) -> Office {
    let journal = Journal::default();
    let db = db.recording(journal.clone());
    let key = "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY";
    if db.url().starts_with("postgres") {
        let tables = TABLES.replace("INTEGER PRIMARY KEY", key);
        db.execute(&tables.replace("TIMESTAMP", "TIMESTAMPTZ"));
    } else {
        db.execute(TABLES);
    }
    let router = Router::new()
        .register("projects", Projects)
        .register("boards", Boards)
        .register("desks", Desks)
        .register("cards", Cards)
        .register("shelves", Shelves)
        .register("folders", Folders);
    let api = Api::builder(db.pool())
        .authenticator(Keys)
        .count_statements()
        .routes(router)
        .build()
        .expect("an api");
    Office {
        server: TestServer::start(&api),
        journal,
        db,
    }
}

impl Office {
    pub(crate) fn nobody(&self) -> Http {
        self.server.client().always(assert_enveloped)
    }

    pub(crate) fn user(&self, key: &str) -> Http {
        self.nobody().bearer(key)
    }

    pub(crate) fn client(&self) -> Http {
        self.user("1")
    }

    /// Which tasks there are, by project and title.
    pub(crate) fn tasks(&self) -> Vec<(i64, String)> {
        let rows = Task::objects().load(&mut self.db.context()).expect("tasks");
        rows.into_iter()
            .map(|task| (task.project_id, task.title))
            .collect()
    }
}
