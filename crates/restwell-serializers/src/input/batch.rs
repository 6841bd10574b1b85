use restwell_core::{Error, ErrorBudget, FieldErrors, Result};
use restwell_db::{Context, Model};

use super::unique::{Claim, conflicts};
use super::{Attrs, Draft, Input, Mode, Unknown, Validated, Writes};
use crate::messages;

/// Checks a batch of inputs, each for a new row or for one of `instances`.
///
/// Every error of every input is found before anything is refused: missing fields, validators,
/// unknown related rows, values of unique columns that another row of the batch has, and, where
/// something is wrong anyway, those that a row of the database has. A unique column of a sound
/// batch is left to the database, which alone can tell in a race. Of the errors beyond
/// [`MOST_ERRORS`](restwell_core::MOST_ERRORS) each input has its first.
///
/// # Errors
/// For each input what is wrong with it; the outer error is 503 when the database is away.
pub fn validate<I: Input>(
    mut drafts: Vec<Draft<I>>,
    instances: &[Option<&I::Model>],
    mode: Mode,
    cx: &mut Context,
) -> Result<Vec<Result<Validated<I>>>> {
    let instance = |at: usize| instances.get(at).copied().flatten();
    let mut budget = ErrorBudget::new();
    for (at, draft) in drafts.iter_mut().enumerate() {
        withhold(draft, instance(at), mode, cx)?;
        check(draft, mode, cx)?;
        budget.charge(&mut draft.errors);
    }
    I::resolve(&mut drafts, cx)?;
    I::check_nested(&mut drafts, instances, mode, cx)?;
    let mut judged = Vec::with_capacity(drafts.len());
    let mut budget = ErrorBudget::new();
    for (at, draft) in drafts.into_iter().enumerate() {
        let mut own = Judged::of(draft, instance(at), mode, cx)?;
        budget.charge(&mut own.errors);
        judged.push(own);
    }
    let claims: Vec<Claim<'_, I::Model>> = judged
        .iter()
        .enumerate()
        .map(|(at, judged)| Claim {
            writes: &judged.writes,
            instance: instance(at),
        })
        .collect();
    let mut taken = conflicts(&claims, false, cx)?;
    let is_wrong = |errors: &FieldErrors| !errors.is_empty();
    if judged.iter().any(Judged::is_wrong) || taken.iter().any(is_wrong) {
        taken = conflicts(&claims, true, cx)?;
    }
    let outcomes = judged.into_iter().zip(taken);
    Ok(outcomes
        .map(|(judged, taken)| judged.outcome(taken, mode))
        .collect())
}

/// To whoever may not set it a field is read-only. A new row is nobody's yet: what depends on the
/// row is not allowed there.
fn withhold<I: Input>(
    draft: &mut Draft<I>,
    instance: Option<&I::Model>,
    mode: Mode,
    cx: &mut Context,
) -> Result<()> {
    for field in I::GUARDED {
        let name = I::FIELDS[*field].name;
        let supplied = draft.input.is_supplied(*field) || draft.errors.contains(name);
        if !supplied || I::may_set(*field, mode.action(), instance, cx)? {
            continue;
        }
        draft.input.forget(*field);
        draft.errors.forget(name);
        if I::UNKNOWN == Unknown::Refuse {
            let (code, message) = messages::READ_ONLY;
            draft.errors.add(name, code, message);
        }
    }
    Ok(())
}

fn check<I: Input>(draft: &mut Draft<I>, mode: Mode, cx: &mut Context) -> Result<()> {
    let shapeless = draft
        .errors
        .iter()
        .any(|error| error.path.segments().is_empty());
    if shapeless {
        return Ok(());
    }
    for (index, field) in I::FIELDS.iter().enumerate() {
        if field.create_only && mode != Mode::Create || draft.is_given(index) {
            draft.input.forget(index);
            draft.errors.forget(field.name);
            continue;
        }
        let missing = field.required
            && !field.read_only
            && mode != Mode::PartialUpdate
            && !draft.input.is_supplied(index)
            && !draft.errors.contains(field.name);
        if missing {
            let (code, message) = messages::REQUIRED;
            draft.errors.add(field.name, code, message);
        }
    }
    draft.input.check(mode, cx, &mut draft.errors)
}

/// An input with all that is wrong with it on its own.
struct Judged<I: Input> {
    input: I,
    writes: Writes<I::Model>,
    version: Option<i64>,
    errors: FieldErrors,
    /// What refuses it beside its fields.
    refusal: Option<Error>,
}

impl<I: Input> Judged<I> {
    fn of(
        draft: Draft<I>,
        instance: Option<&I::Model>,
        mode: Mode,
        cx: &mut Context,
    ) -> Result<Self> {
        let shown = if draft.errors.is_empty() && draft.refusal.is_none() {
            mode
        } else {
            Mode::PartialUpdate
        };
        let made = draft.writes(shown, cx);
        let mut judged = Self {
            writes: Writes::default(),
            input: draft.input,
            version: draft.version,
            errors: draft.errors,
            refusal: draft.refusal,
        };
        match made {
            Ok(writes) => judged.writes = writes,
            Err(error) => judged.note(error)?,
        }
        if !judged.is_wrong() {
            let attrs = Attrs {
                input: &judged.input,
                changes: &judged.writes.changes,
                instance,
                mode,
            };
            if let Err(error) = I::validate(&attrs, cx) {
                judged.note(error)?;
            }
        }
        Ok(judged)
    }

    /// Takes in what an application's function refuses the input for.
    fn note(&mut self, error: Error) -> Result<()> {
        if error.is_server_error() {
            return Err(error);
        }
        if error.status() == 400 && !error.fields().is_empty() {
            self.errors.merge(error.fields().clone());
        } else {
            self.refusal = Some(error);
        }
        Ok(())
    }

    fn is_wrong(&self) -> bool {
        !self.errors.is_empty() || self.refusal.is_some()
    }

    fn outcome(self, taken: FieldErrors, mode: Mode) -> Result<Validated<I>> {
        if let Some(error) = self.refusal {
            return Err(error);
        }
        let mut errors = self.errors;
        errors.merge(in_fields::<I>(taken));
        if errors.is_empty() {
            return Ok(Validated::new(self.input, self.writes, mode, self.version));
        }
        Err(in_order::<I>(errors).into())
    }
}

/// What the database says of columns, said of the fields that write them.
pub(super) fn in_fields<I: Input>(mut errors: FieldErrors) -> FieldErrors {
    errors.rename(|column| {
        let place = (0..I::FIELDS.len()).find(|place| {
            let own = I::column(*place).map(|index| &I::Model::META.columns[index]);
            own.is_some_and(|own| own.name == column) && !I::FIELDS[*place].read_only
        });
        Some(I::FIELDS[place?].name)
    });
    errors
}

/// DRF reports the fields in the order of their declaration, whatever the order of the body.
pub(super) fn in_order<I: Input>(mut errors: FieldErrors) -> FieldErrors {
    errors.sort_by_fields(I::FIELDS.iter().map(|field| field.name));
    errors
}
