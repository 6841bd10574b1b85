#![deny(warnings, missing_docs, missing_debug_implementations, unreachable_pub)]
#![deny(unused_qualifications, clippy::pedantic)]

//! States, guarded and not.

use restwell_core::{Error, Result};
use restwell_db::{Context, StateMachine as _};
use restwell_macros::{Choices, Model, StateMachine};

/// The tables.
mod schema {
    diesel::table! {
        posts (id) { id -> Int8, status -> Text }
    }
}

/// A post.
#[derive(Model, Clone, Debug)]
#[model(crate = restwell_db, table = schema::posts)]
pub struct Post {
    /// The key.
    pub id: i64,
    /// The state.
    pub status: Status,
}

/// Where a post is in its life.
#[derive(Choices, StateMachine, Clone, Copy, Debug, PartialEq, Eq)]
#[choices(crate = restwell_db)]
#[state_machine(crate = restwell_db, model = Post, field = status)]
#[transition(publish: Draft | Archived => Published, guard = ready)]
#[transition(take_back: Published => Draft)]
pub enum Status {
    /// Being written.
    Draft,
    /// For everybody.
    Published,
    /// Withdrawn.
    Archived,
}

fn ready(_: &mut Context, post: &Post) -> Result<()> {
    if post.id > 0 {
        Ok(())
    } else {
        Err(Error::not_found())
    }
}

#[test]
fn states_have_transitions() {
    assert_eq!(Status::TRANSITIONS.len(), 2);
    assert_eq!(Status::PUBLISH.name(), "publish");
    assert_eq!(Status::PUBLISH.from(), [Status::Draft, Status::Archived]);
    assert_eq!(
        format!("{:?}", Status::TAKE_BACK),
        "take_back: published => draft"
    );
    assert_eq!(Status::TAKE_BACK.to(), Status::Draft);
}
