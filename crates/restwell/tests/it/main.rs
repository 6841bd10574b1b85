//! Whole applications over HTTP, on SQLite and on PostgreSQL.

mod accounts;
mod api_tokens;
mod application;
mod basic;
mod browser;
mod bulk;
mod bulk_upsert;
mod field_rules;
mod field_rules_in_entries;
mod hashing;
mod log_lines;
mod logins;
mod mails;
mod nested;
mod nested_relations;
mod outage;
mod password_reset;
mod postgres;
mod projects;
mod registration;
mod related_rules;
mod retry;
mod sessions;
mod staff;
mod tasks;
mod throttles;
