use restwell_core::{FieldErrors, Result};
use restwell_db::Context;

use super::unique::note_taken_values;
use super::{Attrs, Draft, Input, Mode, Unknown, Validated};
use crate::messages;

/// Checks a batch of inputs, each for a new row or for one of `instances`.
///
/// Every error of every input is found before anything is refused: missing fields, validators,
/// unknown related rows, and, where something is wrong anyway, taken values of unique columns. A
/// unique column of a sound input is left to the database, which alone can tell in a race.
///
/// # Errors
/// For each input what is wrong with it; the outer error is 503 when the database is away.
pub fn validate<I: Input>(
    mut drafts: Vec<Draft<I>>,
    instances: &[Option<&I::Model>],
    mode: Mode,
    cx: &mut Context,
) -> Result<Vec<Result<Validated<I>, FieldErrors>>> {
    for (at, draft) in drafts.iter_mut().enumerate() {
        withhold(draft, instances.get(at).copied().flatten(), mode, cx)?;
        check(draft, mode, cx)?;
    }
    I::resolve(&mut drafts, cx)?;
    let mut outcomes = Vec::with_capacity(drafts.len());
    for (at, draft) in drafts.into_iter().enumerate() {
        let instance = instances.get(at).copied().flatten();
        outcomes.push(complete(draft, instance, mode, cx)?);
    }
    Ok(outcomes)
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

fn complete<I: Input>(
    draft: Draft<I>,
    instance: Option<&I::Model>,
    mode: Mode,
    cx: &mut Context,
) -> Result<Result<Validated<I>, FieldErrors>> {
    let shown = if draft.errors.is_empty() {
        mode
    } else {
        Mode::PartialUpdate
    };
    let writes = draft.writes(shown, cx)?;
    let Draft {
        input,
        mut errors,
        version,
        ..
    } = draft;
    if !errors.is_empty() {
        note_taken_values(&writes, instance, &mut errors, cx)?;
        return Ok(Err(in_order::<I>(errors)));
    }
    let attrs = Attrs {
        input: &input,
        changes: &writes.changes,
        instance,
        mode,
    };
    if let Err(error) = I::validate(&attrs, cx) {
        if error.status() != 400 || error.fields().is_empty() {
            return Err(error);
        }
        errors.merge(error.fields().clone());
        note_taken_values(&writes, instance, &mut errors, cx)?;
        return Ok(Err(in_order::<I>(errors)));
    }
    Ok(Ok(Validated::new(input, writes, mode, version)))
}

/// DRF reports the fields in the order of their declaration, whatever the order of the body.
fn in_order<I: Input>(mut errors: FieldErrors) -> FieldErrors {
    errors.sort_by_fields(I::FIELDS.iter().map(|field| field.name));
    errors
}
