use restwell_core::{Action, Error, Result, RowErrors};
use restwell_db::{Context, Model};
use restwell_serializers::{Input, Mode, Validated, parse_many, represent_many, validate};
use restwell_views::extension::{check_row, give_parent, json_body, wanted};
use restwell_views::{InputOf, Reply, ViewSet};

use crate::Bulk;

/// `POST` of an array: 201 with the new objects.
pub(crate) fn create<V: ViewSet>(bulk: &Bulk, viewset: &V, cx: &mut Context) -> Result<Reply> {
    let mask = wanted::<V::Serializer>(cx)?;
    let inputs = inputs::<InputOf<V::Create>>(bulk, cx)?;
    cx.atomic(|cx| {
        viewset.before(Action::Create, cx)?;
        let rows = insert(viewset, inputs, cx)?;
        each(&rows, |row| check_row(viewset, Action::BulkCreate, row, cx))?;
        each(&rows, |row| viewset.after(Action::Create, row, cx))?;
        let mut out = Vec::with_capacity(512 * rows.len());
        represent_many::<V::Serializer>(&rows, mask, cx, &mut out)?;
        let meta = <V::Model as Model>::META;
        let name = if rows.len() == 1 {
            meta.verbose_name
        } else {
            meta.verbose_name_plural
        };
        let message = format!("{} {name} created successfully", rows.len());
        Ok(Reply::data(out).status(201).message(message))
    })
}

/// The rows of the body, in which nothing is wrong.
fn inputs<I: Input>(bulk: &Bulk, cx: &mut Context) -> Result<Vec<Validated<I>>> {
    cx.release();
    let mut drafts = parse_many::<I>(json_body(cx)?, bulk.most())?;
    for draft in &mut drafts {
        give_parent(draft, cx);
    }
    let outcomes = validate(drafts, &[], Mode::Create, cx)?;
    all(outcomes)
}

fn insert<V: ViewSet>(
    viewset: &V,
    mut inputs: Vec<Validated<InputOf<V::Create>>>,
    cx: &mut Context,
) -> Result<Vec<V::Model>> {
    let prepared = inputs
        .iter_mut()
        .map(|input| viewset.prepare_create(cx, input));
    all(prepared.collect())?;
    if V::PERFORMS.contains(Action::Create) {
        let mut rows = Vec::with_capacity(inputs.len());
        for (place, input) in inputs.into_iter().enumerate() {
            let row = viewset.perform_create(cx, input);
            rows.push(row.map_err(|error| named(place, error))?);
        }
        return Ok(rows);
    }
    Validated::save_all(&mut inputs, cx)?.map_err(Error::from)
}

/// What came of each row, or what is wrong with those that are wrong.
fn all<T>(outcomes: Vec<Result<T>>) -> Result<Vec<T>> {
    let mut errors = RowErrors::new();
    let mut done = Vec::with_capacity(outcomes.len());
    for (place, outcome) in outcomes.into_iter().enumerate() {
        match outcome {
            Ok(value) => done.push(value),
            Err(error) => errors.add(place, error),
        }
    }
    errors.into_result().map(|()| done)
}

/// Does `work` with each row, or says with which of them it fails.
fn each<M>(rows: &[M], work: impl FnMut(&M) -> Result<()>) -> Result<()> {
    all(rows.iter().map(work).collect()).map(drop)
}

/// The failure of the row at `place`.
fn named(place: usize, error: Error) -> Error {
    RowErrors::from_iter([(place, error)]).into()
}
