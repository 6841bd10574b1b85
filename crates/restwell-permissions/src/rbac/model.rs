//! The tables of roles and grants.

use restwell_macros::Model;

use super::{Operation, Operations};

diesel::table! {
    roles (id) {
        id -> Int8,
        name -> Text,
    }
}

diesel::table! {
    features (name) {
        name -> Text,
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
    user_roles (id) {
        id -> Int8,
        user_key -> Text,
        role -> Text,
    }
}

/// A role: what some users are to the application, such as `editor`.
#[derive(Model, Clone, Debug, PartialEq, Eq)]
#[model(crate = restwell_db, table = roles, unique(name))]
pub struct Role {
    /// The primary key.
    pub id: i64,
    /// The name, by which everything refers to it.
    pub name: String,
}

/// A part of the application to which roles are granted operations, such as `posts`.
#[derive(Model, Clone, Debug, PartialEq, Eq)]
#[model(crate = restwell_db, table = features, primary_key = name, unique(name))]
pub struct Feature {
    /// The name.
    pub name: String,
}

/// What a role may do with a feature.
#[derive(Model, Clone, Debug, PartialEq, Eq)]
#[model(crate = restwell_db, table = role_grants, unique(role, feature))]
pub struct RoleGrant {
    /// The primary key.
    pub id: i64,
    /// The name of the role.
    pub role: String,
    /// The name of the feature.
    pub feature: String,
    /// Whether it may make rows.
    pub can_create: bool,
    /// Whether it may read rows.
    pub can_retrieve: bool,
    /// Whether it may change rows.
    pub can_update: bool,
    /// Whether it may delete rows.
    pub can_delete: bool,
}

/// That a user has a role.
#[derive(Model, Clone, Debug, PartialEq, Eq)]
#[model(crate = restwell_db, table = user_roles, unique(user_key, role))]
pub struct UserRole {
    /// The primary key.
    pub id: i64,
    /// The primary key of the user, as text.
    pub user_key: String,
    /// The name of the role.
    pub role: String,
}

impl RoleGrant {
    /// What it grants.
    pub fn operations(&self) -> Operations {
        let granted = [
            (self.can_create, Operation::Create),
            (self.can_retrieve, Operation::Retrieve),
            (self.can_update, Operation::Update),
            (self.can_delete, Operation::Delete),
        ];
        granted
            .into_iter()
            .filter_map(|(is_granted, operation)| is_granted.then_some(operation))
            .collect()
    }
}
