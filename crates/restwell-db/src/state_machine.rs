//! States, and the only ways from one to another.

use std::fmt;

use restwell_core::{Choices, Error, Result};
use serde_json::json;

use crate::{Changes, ColumnValue, Context, Field, Model};

/// The states of a row, as the values of one of its columns, with the transitions between them.
///
/// `#[derive(StateMachine)]` implements it beside `#[derive(Choices)]`. A serializer that lets
/// clients change the column of an existing row does not compile.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no transitions",
    note = "add `#[derive(StateMachine)]` to the enum"
)]
pub trait StateMachine: Choices + ColumnValue<Inner = Self> + Eq {
    /// The model whose rows are in these states.
    type Model: Model;

    /// The column that holds the state.
    const FIELD: Field<Self::Model, Self>;

    /// Every transition.
    const TRANSITIONS: &'static [Transition<Self>];
}

/// What must hold of a row besides its state.
pub type TransitionGuard<M> = fn(&mut Context, &M) -> Result<()>;

/// A way from some states to another, such as `Status::PUBLISH`.
pub struct Transition<S: StateMachine> {
    name: &'static str,
    from: &'static [S],
    to: S,
    guard: Option<TransitionGuard<S::Model>>,
}

impl<S: StateMachine> Transition<S> {
    /// The transition `name`; `#[derive(StateMachine)]` calls it.
    #[doc(hidden)]
    pub const fn new(name: &'static str, from: &'static [S], to: S) -> Self {
        Self {
            name,
            from,
            to,
            guard: None,
        }
    }

    /// With a guard; `#[derive(StateMachine)]` calls it.
    #[doc(hidden)]
    #[must_use]
    pub const fn guarded(mut self, guard: TransitionGuard<S::Model>) -> Self {
        self.guard = Some(guard);
        self
    }

    /// Its name.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The states that it starts from.
    pub const fn from(&self) -> &'static [S] {
        self.from
    }

    /// The state that it leads to.
    pub const fn to(&self) -> S {
        self.to
    }

    /// Takes `row` to the new state, with other `changes` in the same UPDATE, and returns it as it
    /// is now. The old state is part of the condition, so of two transitions at once one happens.
    ///
    /// # Errors
    /// 409 `illegal_transition` when the row is in another state, whose `data` names the
    /// transition, the state, and the transitions that are legal from there; what the guard
    /// returns; 404 when the row is gone; and whatever refuses the update.
    pub fn apply(
        &self,
        cx: &mut Context,
        row: &S::Model,
        mut changes: Changes<S::Model>,
    ) -> Result<S::Model> {
        if let Some(state) = state_of::<S>(row).filter(|state| !self.from.contains(state)) {
            return Err(self.refusal(state));
        }
        if let Some(guard) = self.guard {
            guard(cx, row)?;
        }
        changes.set(S::FIELD, self.to);
        let pk = row.pk();
        let legal = S::Model::objects().filter(S::FIELD.in_(self.from.iter().copied()));
        match legal.update_one(cx, &pk, changes, None)? {
            Some(row) => Ok(row),
            None => Err(self.lost(cx, &pk)),
        }
    }

    /// Why no row was in a legal state.
    fn lost(&self, cx: &mut Context, pk: &<S::Model as Model>::Pk) -> Error {
        match S::Model::objects().find(cx, pk) {
            Ok(row) => match state_of::<S>(&row) {
                Some(state) => self.refusal(state),
                None => Error::not_found(),
            },
            Err(error) => error,
        }
    }

    fn refusal(&self, state: S) -> Error {
        let allowed: Vec<&str> = S::TRANSITIONS
            .iter()
            .filter(|transition| transition.from.contains(&state))
            .map(|transition| transition.name)
            .collect();
        let object = S::Model::META.verbose_name;
        let (name, state) = (self.name, state.as_str());
        Error::conflict(
            "illegal_transition",
            format!("Cannot {name}: the {object} is {state}."),
        )
        .with_data(json!({"transition": name, "state": state, "allowed": allowed}))
    }
}

fn state_of<S: StateMachine>(row: &S::Model) -> Option<S> {
    S::from_value(row.value(S::FIELD.column().index))
}

impl<S: StateMachine> fmt::Debug for Transition<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let from: Vec<&str> = self.from.iter().map(|state| state.as_str()).collect();
        write!(
            f,
            "{}: {} => {}",
            self.name,
            from.join(" | "),
            self.to.as_str()
        )
    }
}
