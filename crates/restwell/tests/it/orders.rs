//! Orders with their lines, which are audited, versioned, stamped and told of.

use std::sync::{Arc, Mutex};

use chrono::{DateTime, Datelike, Utc};
use restwell::Api;
use restwell::bulk::{Bulk, Extensions};
use restwell::events::{AfterDelete, AfterSave, BeforeSave, Events, LinksChanged};
use restwell::prelude::*;
use restwell_testing::{Client, TestDatabase, TestServer, assert_enveloped};

use crate::projects::Journal;
use crate::staff::Keys;

diesel::table! { customers (id) { id -> Int8, name -> Text } }
diesel::table! { stickers (id) { id -> Int8, text -> Text } }
diesel::table! { order_stickers (order_id, sticker_id) { order_id -> Int8, sticker_id -> Int8 } }
diesel::table! {
    orders (id) { id -> Int8, number -> Text, total -> Int8, customer_id -> Int8 }
}
diesel::table! {
    lines (id) {
        id -> Int8, order_id -> Int8, product -> Text, quantity -> Int8, price -> Int8, seller -> Int8,
        version -> Int8, created_at -> Timestamptz, updated_at -> Timestamptz,
        created_by -> Nullable<Int8>, updated_by -> Nullable<Int8>,
    }
}

const TABLES: &str = "
CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE stickers (id INTEGER PRIMARY KEY, text TEXT NOT NULL);
CREATE TABLE orders (
    id INTEGER PRIMARY KEY, number TEXT NOT NULL UNIQUE, total BIGINT NOT NULL,
    customer_id BIGINT NOT NULL REFERENCES customers (id)
);
CREATE TABLE order_stickers (
    order_id BIGINT NOT NULL REFERENCES orders (id),
    sticker_id BIGINT NOT NULL REFERENCES stickers (id), PRIMARY KEY (order_id, sticker_id)
);
CREATE TABLE lines (
    id INTEGER PRIMARY KEY, order_id BIGINT NOT NULL REFERENCES orders (id), product TEXT NOT NULL,
    quantity BIGINT NOT NULL, price BIGINT NOT NULL, seller BIGINT NOT NULL, version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL, updated_at TIMESTAMP NOT NULL, created_by BIGINT,
    updated_by BIGINT
);
INSERT INTO customers (name) VALUES ('Ann'), ('Bob');
INSERT INTO orders (number, total, customer_id) VALUES ('A1', 25, 1), ('B1', 4, 2);
INSERT INTO lines (order_id, product, quantity, price, seller, version, created_at, updated_at)
VALUES (1, 'nut', 5, 1, 3, 1, '2020-01-01 00:00:00', '2020-01-01 00:00:00'),
    (1, 'bolt', 2, 10, 3, 1, '2020-01-01 00:00:00', '2020-01-01 00:00:00'),
    (2, 'nail', 4, 1, 3, 1, '2020-01-01 00:00:00', '2020-01-01 00:00:00');
";

#[derive(Model, Clone, Debug)]
#[model(table = customers)]
pub(crate) struct Customer {
    id: i64,
    name: String,
}

#[derive(Model, Clone, Debug)]
#[model(table = stickers)]
pub(crate) struct Sticker {
    id: i64,
    text: String,
}

#[derive(Model, Clone, Debug)]
#[model(
    table = orders, audited, unique(number), belongs_to(customer: Customer), has_many(lines: Line),
    many_to_many(stickers: Sticker, through = order_stickers)
)]
pub(crate) struct Order {
    id: i64,
    number: String,
    total: i64,
    customer_id: i64,
}

#[derive(Model, Clone, Debug)]
#[model(table = lines, audited, version, timestamps, user_actions, belongs_to(order: Order))]
pub(crate) struct Line {
    id: i64,
    order_id: i64,
    product: String,
    quantity: i64,
    price: i64,
    seller: i64,
    version: i64,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    created_by: Option<i64>,
    updated_by: Option<i64>,
}

#[serializer(model = Customer)]
pub(crate) struct CustomerSerializer {
    #[field(read_only)]
    id: i64,
    name: String,
}

#[serializer(model = Sticker)]
pub(crate) struct StickerSerializer {
    #[field(read_only)]
    id: i64,
    text: String,
}

#[serializer(model = Line)]
pub(crate) struct LineSerializer {
    #[field(read_only)]
    id: i64,
    product: String,
    quantity: i64,
    price: i64,
    #[field(read_only)]
    seller: i64,
    #[field(read_only)]
    version: i64,
}

#[serializer(model = Order, validate = check_total)]
pub(crate) struct OrderSerializer {
    #[field(read_only)]
    id: i64,
    number: String,
    total: i64,
    #[field(nested, sync = replace, rule = allow_any(), or = key, required = false)]
    #[validate(length(min = 1, max = 5))]
    lines: Vec<LineSerializer>,
    #[field(nested, sync = sync, rule = allow_any(), required = false)]
    stickers: Vec<StickerSerializer>,
    #[field(nested, sync = append, rule = allow_any())]
    customer: CustomerSerializer,
}

/// The lines come to the total.
fn check_total(attrs: &Attrs<'_, OrderSerializerInput>, _: &mut Context) -> Result<()> {
    let Some(lines) = attrs.input.lines.value() else {
        return Ok(());
    };
    let costs = lines
        .iter()
        .map(|line| Some(line.get(Line::F.quantity)? * line.get(Line::F.price)?));
    let sum = costs.sum::<Option<i64>>();
    if sum == attrs.get(Order::F.total) {
        return Ok(());
    }
    let message = format!("The lines come to {}.", sum.unwrap_or_default());
    Err(Error::field("total", "mismatch", message))
}

struct Orders;

#[viewset]
impl ViewSet for Orders {
    type Model = Order;
    type Serializer = OrderSerializer;

    fn permission(&self, _: Action) -> Rule<Order> {
        allow_any()
    }

    fn extensions() -> Extensions<Self> {
        Extensions::none().with(Bulk::new(100))
    }

    fn prepare_create(
        &self,
        cx: &mut Context,
        order: &mut Validated<OrderSerializerInput>,
    ) -> Result<()> {
        sign(cx, order);
        Ok(())
    }

    fn prepare_update(
        &self,
        cx: &mut Context,
        _: &Order,
        order: &mut Validated<OrderSerializerInput>,
    ) -> Result<()> {
        sign(cx, order);
        Ok(())
    }
}

/// New lines are sold by whoever writes them.
fn sign(cx: &Context, order: &mut Validated<OrderSerializerInput>) {
    if let Patch::Value(lines) = &mut order.input.lines {
        for line in lines.iter_mut().filter(|line| line.key().is_none()) {
            line.set(Line::F.seller, cx.user_id::<i64>().unwrap_or_default());
        }
    }
}

struct Customers;

#[viewset]
impl ViewSet for Customers {
    type Model = Customer;
    type Serializer = CustomerSerializer;

    fn permission(&self, _: Action) -> Rule<Customer> {
        allow_any()
    }
}

/// What receivers were told.
#[derive(Clone, Default)]
pub(crate) struct Told(Arc<Mutex<Vec<String>>>);

impl Told {
    fn note(&self, line: String) -> Result<()> {
        self.0.lock().expect("a log").push(line);
        Ok(())
    }

    /// What they were told since this was last asked.
    pub(crate) fn read(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().expect("a log"))
    }
}

/// Tells of lines and links. Nobody may sell a bomb.
fn events(told: &Told) -> Events {
    let (saved, deleted, linked) = (told.clone(), told.clone(), told.clone());
    Events::new()
        .required("bombs", |_, event: &BeforeSave<Line>| {
            let mut products = event
                .rows
                .iter()
                .map(|row| row.changes.get(Line::F.product));
            if products.any(|product| product.as_deref() == Some("bomb")) {
                return Err(Error::new(422, "forbidden_product", "Bombs are not sold."));
            }
            Ok(())
        })
        .in_transaction("saved", move |_, event: &AfterSave<Line>| {
            let rows = event.rows.iter().map(|row| {
                let old = row.old.as_ref().map_or(0, |line| line.quantity);
                format!("{} {old} to {}", row.new.product, row.new.quantity)
            });
            let rows: Vec<String> = rows.collect();
            saved.note(format!("{}: {}", event.operation.name(), rows.join(", ")))
        })
        .in_transaction("deleted", move |_, event: &AfterDelete<Line>| {
            let rows: Vec<&str> = event.rows.iter().map(|row| &*row.old.product).collect();
            deleted.note(format!("delete: {}", rows.join(", ")))
        })
        .in_transaction("linked", move |_, event: &LinksChanged<Order>| {
            let rows = event.rows.iter();
            let rows: Vec<usize> = rows.map(|row| row.new.len()).collect();
            linked.note(format!("{}: {rows:?}", event.relation))
        })
}

pub(crate) struct Shop {
    pub(crate) journal: Journal,
    pub(crate) told: Told,
    pub(crate) db: TestDatabase,
    server: TestServer,
}

pub(crate) fn shop(db: TestDatabase) -> Shop {
    let (journal, told) = (Journal::default(), Told::default());
    let db = db.recording(journal.clone()).listening(events(&told));
    let key = "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY";
    if db.url().starts_with("postgres") {
        let tables = TABLES.replace("INTEGER PRIMARY KEY", key);
        db.execute(&tables.replace("TIMESTAMP", "TIMESTAMPTZ"));
    } else {
        db.execute(TABLES);
    }
    let router = Router::new()
        .register("orders", Orders)
        .register("customers", Customers)
        .nested(
            "customers",
            Customers,
            "orders",
            Orders,
            Order::F.customer_id,
        );
    let api = Api::builder(db.pool())
        .authenticator(Keys)
        .count_statements()
        .routes(router)
        .build()
        .expect("an api");
    Shop {
        server: TestServer::start(&api),
        journal,
        told,
        db,
    }
}

impl Shop {
    pub(crate) fn client(&self) -> Client {
        self.server.client().always(assert_enveloped).bearer("7")
    }

    /// The line with this key.
    pub(crate) fn line(&self, key: i64) -> Line {
        let line = Line::objects().find(&mut self.db.context(), &key);
        line.expect("a line")
    }
}

impl Line {
    /// Who made it, and who changed it last.
    pub(crate) fn users(&self) -> (Option<i64>, Option<i64>) {
        (self.created_by, self.updated_by)
    }

    /// Whether it was made and changed in the test.
    pub(crate) fn is_fresh(&self) -> (bool, bool) {
        let fresh = |moment: DateTime<Utc>| moment.year() > 2020;
        (fresh(self.created_at), fresh(self.updated_at))
    }
}
