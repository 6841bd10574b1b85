use chrono::{DateTime, NaiveDate, Utc};
use restwell_macros::Model;
use uuid::Uuid;

diesel::table! {
    posts (id) {
        id -> Uuid,
        created_at -> Date,
        updated_at -> Nullable<Timestamptz>,
        created_by -> Bool,
        updated_by -> Nullable<Uuid>,
        version -> Text,
        deleted_at -> Timestamptz,
    }
}

#[derive(Model, Clone)]
#[model(crate = restwell_db, table = posts, soft_delete, version, timestamps, user_actions)]
struct Post {
    id: Uuid,
    created_at: NaiveDate,
    updated_at: Option<DateTime<Utc>>,
    created_by: bool,
    updated_by: Option<Uuid>,
    version: String,
    deleted_at: DateTime<Utc>,
}

fn main() {}
