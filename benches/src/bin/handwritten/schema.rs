//! The tables of the blog.

include!("../../../../examples/blog/src/schema.rs");

diesel::table! {
    user_roles (id) {
        id -> Int8,
        user_key -> Text,
        role -> Text,
    }
}

diesel::table! {
    role_grants (id) {
        id -> Int8,
        role -> Text,
        feature -> Text,
        can_create -> Bool,
        can_retrieve -> Bool,
        can_update -> Bool,
        can_delete -> Bool,
    }
}

diesel::table! {
    audit_log (id) {
        id -> Int8,
        at -> Timestamptz,
        actor_id -> Text,
        action -> Text,
        entity -> Text,
        entity_id -> Text,
        changes -> Json,
        request_id -> Text,
        hash -> Text,
    }
}

diesel::joinable!(post_tags -> tags (tag_id));
diesel::allow_tables_to_appear_in_same_query!(post_tags, tags);
