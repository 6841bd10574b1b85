// @generated automatically by Diesel CLI.

diesel::table! {
    activity (day, event) {
        day -> Date,
        event -> Text,
        count -> Int8,
    }
}

diesel::table! {
    categories (id) {
        id -> Int8,
        name -> Text,
        slug -> Text,
    }
}

diesel::table! {
    comments (id) {
        id -> Int8,
        post_id -> Uuid,
        author_id -> Uuid,
        parent_id -> Nullable<Int8>,
        body -> Text,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    post_tags (post_id, tag_id) {
        post_id -> Uuid,
        tag_id -> Int8,
    }
}

diesel::table! {
    posts (id) {
        id -> Uuid,
        title -> Text,
        slug -> Text,
        body -> Text,
        status -> Text,
        views -> Int4,
        author_id -> Uuid,
        category_id -> Nullable<Int8>,
        published_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        created_by -> Nullable<Uuid>,
        updated_by -> Nullable<Uuid>,
        version -> Int8,
        deleted_at -> Nullable<Timestamptz>,
        deleted_by -> Nullable<Uuid>,
    }
}

diesel::table! {
    tags (id) {
        id -> Int8,
        name -> Text,
    }
}

diesel::table! {
    users (id) {
        id -> Uuid,
        username -> Text,
        email -> Text,
        password -> Text,
        first_name -> Text,
        last_name -> Text,
        is_active -> Bool,
        is_staff -> Bool,
        is_superuser -> Bool,
        date_joined -> Timestamptz,
        last_login -> Nullable<Timestamptz>,
        version -> Int8,
    }
}
