use restwell_core::{Action, Error, Result};
use restwell_db::{Context, Model};
use restwell_serializers::{Draft, Input, Mode, parse_keyed, validate};
use restwell_views::extension::{check_row, expected_version, json_body, scoped, wanted};
use restwell_views::{InputOf, Options, Reply, ViewSet};

use crate::kind::{Change, Kind};
use crate::preferences::Preferences;
use crate::rows::Rows;
use crate::target::{Targets, has_version};
use crate::write::{Item, write};

/// `PUT` and `PATCH` of an array whose objects name their rows: 200 with them as they are now.
pub(crate) fn update<V: ViewSet>(
    most: usize,
    viewset: &V,
    options: &Options<V::Model>,
    mode: Mode,
    cx: &mut Context,
) -> Result<Reply> {
    let asked = (Preferences::of(cx.request())?, wanted::<V::Serializer>(cx)?);
    cx.release();
    let drafts = parse_keyed::<InputOf<V::Update>>(json_body(cx)?, most)?;
    let kind = Change { mode };
    let action = Kind::<V>::action(kind);
    let found = find(viewset, action, drafts, cx)?;
    let rows = found.try_map_all(|found| changes(kind, viewset, options, found, cx))?;
    write(kind, viewset, rows, asked, cx)
}

/// What a row is to become, and the row.
pub(crate) type Drafted<V> = (
    Draft<InputOf<<V as ViewSet>::Update>>,
    <V as ViewSet>::Model,
);

/// The changes of rows that drafts are about, validated, in the versions that the client means.
pub(crate) fn changes<V: ViewSet>(
    kind: Change,
    viewset: &V,
    options: &Options<V::Model>,
    drafts: Vec<Drafted<V>>,
    cx: &mut Context,
) -> Result<Vec<Result<Item<V, Change>>>> {
    let (drafts, instances): (Vec<_>, Vec<_>) = drafts.into_iter().unzip();
    let known: Vec<_> = instances.iter().map(Some).collect();
    let inputs = validate(drafts, &known, kind.mode, cx)?.into_iter();
    let rows = scoped(viewset, Kind::<V>::action(kind), cx);
    let items = inputs.zip(instances).map(|(input, instance)| {
        let input = input?;
        let required = options.requires_version();
        let version = expected_version(cx.request(), &instance, input.version(), required)?;
        has_version(&instance, input.version())?;
        Ok(Item {
            input: Some(input.for_row(rows.clone(), instance.pk(), version)),
            instance: Some(instance),
        })
    });
    Ok(items.collect())
}

/// The row that each draft names, where there is one on which the action is allowed.
fn find<V: ViewSet, I: Input<Model = V::Model>>(
    viewset: &V,
    action: Action,
    drafts: Vec<Draft<I>>,
    cx: &mut Context,
) -> Result<Rows<(Draft<I>, V::Model)>> {
    let keys = drafts.iter().filter_map(|draft| draft.key.clone());
    let place = V::Model::META.pk().name;
    let mut targets = Targets::find(scoped(viewset, action, cx), keys, place, cx)?;
    Rows::new(drafts).try_map(|draft| {
        let Some(key) = &draft.key else {
            return Err(Error::validation(draft.errors));
        };
        let instance = targets.take(key)?;
        check_row(viewset, action, &instance, cx)?;
        Ok((draft, instance))
    })
}
