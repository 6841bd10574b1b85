//! Lists of tasks, each of which is its owner's alone to change.

use std::sync::{Arc, Mutex};

use restwell::Actions;
use restwell::prelude::*;
use restwell::serializers::Input;
use restwell::{Api, Authenticator, Identity, Principal};
use restwell_testing::{Client, TestDatabase, TestServer, assert_enveloped};

diesel::table! {
    lists (id) { id -> Int8, name -> Text }
}
diesel::table! {
    tasks (id) {
        id -> Int8,
        list_id -> Int8,
        owner_id -> Int8,
        title -> Text,
        code -> Nullable<Text>,
        rank -> Int8,
        pay -> Int8,
        version -> Int8,
    }
}
diesel::table! {
    remarks (id) { id -> Int8, task_id -> Int8 }
}

const TABLES: &str = "
CREATE TABLE lists (id BIGINT PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE tasks (
    id INTEGER PRIMARY KEY, list_id BIGINT NOT NULL REFERENCES lists (id),
    owner_id BIGINT NOT NULL, title TEXT NOT NULL, code TEXT,
    rank BIGINT NOT NULL DEFAULT 0 CONSTRAINT tasks_rank_check CHECK (rank <= 100),
    pay BIGINT NOT NULL DEFAULT 0, version BIGINT NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX tasks_list_id_title_key ON tasks (list_id, title);
CREATE TABLE remarks (id INTEGER PRIMARY KEY, task_id BIGINT NOT NULL REFERENCES tasks (id));
INSERT INTO lists VALUES (1, 'home'), (2, 'work');
";
const CODES_OF_POSTGRES: &str = "CREATE UNIQUE INDEX tasks_code_lower ON tasks (lower(code));";
const CODES_OF_SQLITE: &str =
    "CREATE UNIQUE INDEX tasks_code_lower ON tasks (unicode_lower(code));";

#[derive(Model, Clone, Debug)]
#[model(table = lists, has_many(tasks: Task))]
pub(crate) struct List {
    pub(crate) id: i64,
    pub(crate) name: String,
}

#[derive(Model, Clone, Debug)]
#[model(table = tasks, version, belongs_to(list: List), has_many(remarks: Remark),
        unique(list_id, title), unique(code, ignore_case))]
pub(crate) struct Task {
    pub(crate) id: i64,
    pub(crate) list_id: i64,
    pub(crate) owner_id: i64,
    pub(crate) title: String,
    pub(crate) code: Option<String>,
    pub(crate) rank: i64,
    pub(crate) pay: i64,
    pub(crate) version: i64,
}

#[derive(Model, Clone, Debug)]
#[model(table = remarks, belongs_to(task: Task, on_delete = protect))]
pub(crate) struct Remark {
    pub(crate) id: i64,
    pub(crate) task_id: i64,
}

#[serializer(model = List)]
pub(crate) struct ListSerializer {
    #[field(read_only)]
    id: i64,
    name: String,
}

#[serializer(model = Task)]
pub(crate) struct TaskSerializer {
    #[field(read_only)]
    id: i64,
    #[field(read_only)]
    owner_id: i64,
    #[field(related, required = false)]
    list: List,
    title: String,
    #[field(required = false)]
    code: Option<String>,
    #[field(required = false)]
    rank: i64,
    #[field(set = is_staff(), required = false)]
    pay: i64,
}

/// Names its list by what that is called.
#[serializer(model = Task)]
pub(crate) struct NamedTaskSerializer {
    #[field(read_only)]
    id: i64,
    #[field(related, slug = name)]
    list: List,
    title: String,
    #[field(required = false)]
    rank: i64,
}

/// What was heard of.
type Notes = Arc<Mutex<Vec<String>>>;

fn note(cx: &Context, text: impl Into<String>) -> Result<()> {
    cx.state::<Notes>()?
        .lock()
        .expect("notes")
        .push(text.into());
    Ok(())
}

pub(crate) fn own<I: Input<Model = Task>>(cx: &mut Context, task: &mut Validated<I>) {
    task.set(Task::F.owner_id, cx.user_id::<i64>().unwrap_or_default());
    if task.get(Task::F.list_id).is_none() {
        task.set(Task::F.list_id, 1);
    }
}

fn rule(action: Action) -> Rule<Task> {
    match action.of_each_row().unwrap_or(action) {
        Action::Create => is_authenticated(),
        _ => read_only() | is_owner(Task::F.owner_id),
    }
}

pub(crate) struct Lists;

#[viewset]
impl ViewSet for Lists {
    type Model = List;
    type Serializer = ListSerializer;

    fn permission(&self, _: Action) -> Rule<List> {
        allow_any()
    }

    fn scope(&self, _: &Context) -> Q<List> {
        List::F.name.eq("home")
    }
}

pub(crate) struct Tasks;

#[viewset]
impl ViewSet for Tasks {
    type Model = Task;
    type Serializer = TaskSerializer;

    fn extensions() -> Extensions<Self> {
        Extensions::none().with(Bulk::new(100).upsert(OnConflict::of(Task::F.code)))
    }

    fn permission(&self, action: Action) -> Rule<Task> {
        rule(action)
    }

    fn prepare_create(
        &self,
        cx: &mut Context,
        task: &mut Validated<InputOf<TaskSerializer>>,
    ) -> Result<()> {
        if task.get(Task::F.title).as_deref() == Some("forbidden") {
            return Err(Error::business_rule("forbidden", "Not this."));
        }
        own(cx, task);
        Ok(())
    }

    fn after(&self, action: Action, task: &Task, cx: &mut Context) -> Result<()> {
        if task.title == "late" {
            return Err(Error::business_rule("late", "Too late."));
        }
        let id = task.id;
        let notes = cx.state::<Notes>()?.clone();
        cx.on_commit(move || notes.lock().expect("notes").push(format!("{action} {id}")));
        Ok(())
    }
}

/// Writes its rows itself.
pub(crate) struct OwnTasks;

#[viewset]
impl ViewSet for OwnTasks {
    type Model = Task;
    type Serializer = TaskSerializer;

    fn options() -> Options<Task> {
        Options::new().require_version()
    }

    fn extensions() -> Extensions<Self> {
        Extensions::none().with(Bulk::new(100))
    }

    fn permission(&self, action: Action) -> Rule<Task> {
        rule(action)
    }

    fn before(&self, action: Action, cx: &mut Context) -> Result<()> {
        note(cx, format!("before {action}"))
    }

    fn perform_create(
        &self,
        cx: &mut Context,
        mut task: Validated<InputOf<TaskSerializer>>,
    ) -> Result<Task> {
        own(cx, &mut task);
        note(cx, "perform create")?;
        task.save(cx)
    }

    fn perform_update(
        &self,
        cx: &mut Context,
        instance: &Task,
        task: Validated<InputOf<TaskSerializer>>,
    ) -> Result<Task> {
        note(cx, format!("perform update of {}", instance.title))?;
        task.save(cx)
    }

    fn perform_destroy(
        &self,
        cx: &mut Context,
        instance: &Task,
        rows: QuerySet<Task>,
    ) -> Result<usize> {
        note(cx, format!("perform destroy of {}", instance.title))?;
        rows.delete(cx)
    }

    fn after(&self, action: Action, task: &Task, cx: &mut Context) -> Result<()> {
        note(cx, format!("after {action} of {}", task.title))
    }
}

/// The tasks below a list.
pub(crate) struct ListTasks;

#[viewset]
impl ViewSet for ListTasks {
    type Model = Task;
    type Serializer = TaskSerializer;

    fn extensions() -> Extensions<Self> {
        let title = OnConflict::of(Task::F.list_id).and(Task::F.title);
        let bulk = Bulk::new(100).upsert(title.update(Task::F.rank));
        Extensions::none().with(bulk.stream(5, 400))
    }

    fn permission(&self, _: Action) -> Rule<Task> {
        allow_any()
    }

    fn prepare_create(
        &self,
        cx: &mut Context,
        task: &mut Validated<InputOf<TaskSerializer>>,
    ) -> Result<()> {
        own(cx, task);
        Ok(())
    }
}

/// Tasks that are known by the name of their list and their title.
pub(crate) struct NamedTasks;

#[viewset]
impl ViewSet for NamedTasks {
    type Model = Task;
    type Serializer = NamedTaskSerializer;

    fn extensions() -> Extensions<Self> {
        let title = OnConflict::of(Task::F.list_id).and(Task::F.title);
        Extensions::none().with(Bulk::new(100).upsert(title))
    }

    fn permission(&self, _: Action) -> Rule<Task> {
        allow_any()
    }

    fn prepare_create(
        &self,
        cx: &mut Context,
        task: &mut Validated<InputOf<NamedTaskSerializer>>,
    ) -> Result<()> {
        own(cx, task);
        Ok(())
    }
}

/// Tasks that come and go in bulk alone, and go if that is confirmed.
pub(crate) struct BulkTasks;

#[viewset(generic)]
impl ViewSet for BulkTasks {
    type Model = Task;
    type Serializer = TaskSerializer;

    fn extensions() -> Extensions<Self> {
        let bulk = Bulk::new(100).only(Actions::CREATE.or(Actions::DESTROY));
        Extensions::none().with(bulk.confirm_deletions())
    }

    fn permission(&self, action: Action) -> Rule<Task> {
        // Who may do so in bulk may still not do so with a row.
        if action.is_bulk() {
            allow_any()
        } else {
            rule(action)
        }
    }

    fn prepare_create(
        &self,
        cx: &mut Context,
        task: &mut Validated<InputOf<TaskSerializer>>,
    ) -> Result<()> {
        own(cx, task);
        Ok(())
    }
}

/// `Authorization: Bearer 1`. The key is the credential; 8 is staff.
pub(crate) struct Keys;

impl Authenticator<Context> for Keys {
    fn authenticate(&self, cx: &mut Context) -> Result<Option<Principal>> {
        let Some(header) = cx.request().headers.get("authorization") else {
            return Ok(None);
        };
        let key: i64 = header
            .trim_start_matches("Bearer ")
            .parse()
            .unwrap_or_default();
        let mut user = Identity::new(key, header);
        user.is_staff = key == 8;
        Ok(Some(Principal::User(Arc::new(user))))
    }

    fn challenge(&self) -> String {
        "Bearer".to_owned()
    }
}

/// The application at work.
pub(crate) struct Office {
    pub(crate) db: TestDatabase,
    notes: Notes,
    server: TestServer,
}

pub(crate) fn create_tables(db: &TestDatabase) {
    if db.url().starts_with("postgres") {
        let key = "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY";
        db.execute(&TABLES.replace("INTEGER PRIMARY KEY", key));
        db.execute(CODES_OF_POSTGRES);
    } else {
        db.execute(TABLES);
        db.execute(CODES_OF_SQLITE);
    }
}

pub(crate) fn office(db: TestDatabase) -> Office {
    create_tables(&db);
    let notes = Notes::default();
    let router = Router::new()
        .register("lists", Lists)
        .nested("lists", Lists, "tasks", ListTasks, Task::F.list_id)
        .register("tasks", Tasks)
        .register("own-tasks", OwnTasks)
        .register("named-tasks", NamedTasks)
        .register("bulk-tasks", BulkTasks);
    let api = Api::builder(db.pool())
        .authenticator(Keys)
        .state(notes.clone())
        .count_statements()
        .routes(router)
        .build()
        .expect("an api");
    Office {
        server: TestServer::start(&api),
        notes,
        db,
    }
}

impl Office {
    pub(crate) fn nobody(&self) -> Client {
        self.server.client().always(assert_enveloped)
    }

    pub(crate) fn ann(&self) -> Client {
        self.nobody().bearer("1")
    }

    pub(crate) fn bob(&self) -> Client {
        self.nobody().bearer("2")
    }

    pub(crate) fn staff(&self) -> Client {
        self.nobody().bearer("8")
    }

    /// What was heard of since this was asked last.
    pub(crate) fn heard(&self) -> Vec<String> {
        std::mem::take(&mut *self.notes.lock().expect("notes"))
    }

    /// Every task, byte by byte.
    pub(crate) fn rows(&self) -> Vec<String> {
        self.db.rows("tasks")
    }

    /// Makes tasks of who asks with these titles, and returns their keys.
    pub(crate) fn tasks(&self, client: &Client, titles: &[&str]) -> Vec<i64> {
        let rows: Vec<_> = titles
            .iter()
            .map(|title| serde_json::json!({"title": title}))
            .collect();
        let made = client.post("/tasks/bulk/", &rows).expect(201).data();
        let made = made.as_array().expect("tasks").iter();
        made.filter_map(|task| task["id"].as_i64()).collect()
    }
}
