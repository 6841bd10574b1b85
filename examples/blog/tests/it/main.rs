//! The promises of the blog, kept over HTTP, on SQLite and on PostgreSQL.

mod blog;

mod accounts;
mod actors;
mod bodies;
mod budgets;
mod categories;
mod comments;
mod conditions;
mod creating;
mod cursors;
mod deleting;
mod envelopes;
mod filters;
mod lists;
mod ordering;
mod pages;
mod password_reset;
mod principals;
mod processes;
mod profile;
mod publishing;
mod queries;
mod races;
mod relations;
mod roles;
mod search;
mod settings;
mod slugs;
mod throttles;
mod tokens;
mod updating;
mod users;
mod versions;
