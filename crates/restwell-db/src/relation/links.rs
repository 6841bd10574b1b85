//! Writing the pairs of many-to-many relations, and what is told of them.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use restwell_core::{Key, Result};

use crate::model::{ModelMeta, RelationKind, RelationMeta};
use crate::predicate::Predicate;
use crate::queryset::{
    insert_links, insert_links_returning, load_rows, read_pair, read_values, run,
};
use crate::record::{FieldChange, RowChange};
use crate::statement::{Link, Lock, Select};
use crate::{Context, Kind, Operation, Value};

/// Links the row `source` of `meta` to exactly the rows `targets`, in at most two statements, and
/// a third that locks the row where the model is audited and this transaction has not written it.
///
/// # Errors
/// 400 when one of `targets` is not there; 503 when the database is away.
pub fn set_links(
    cx: &mut Context,
    link: Link,
    meta: &'static ModelMeta,
    source: &Key,
    targets: &[Key],
) -> Result<()> {
    let mut seen = HashSet::new();
    let unique = targets.iter().filter(|key| seen.insert(*key));
    let targets: Vec<Key> = unique.cloned().collect();
    match relation_of(cx, meta, link)? {
        Some(relation) => {
            cx.atomic(|cx| set_recorded(cx, link, meta, relation, source, &targets))?;
        }
        None => set_unrecorded(cx, link, meta, source, &targets)?,
    }
    cx.rows().note_links(link, source.clone(), targets);
    Ok(())
}

/// Adds links; those that are there already stay as they are.
pub(super) fn add_links(
    cx: &mut Context,
    link: Link,
    meta: &'static ModelMeta,
    pairs: &[[Key; 2]],
) -> Result<()> {
    let rows = pairs.iter().map(as_values).collect();
    let Some(relation) = relation_of(cx, meta, link)? else {
        cx.rows().note_more_links(link.through);
        return insert_links(cx, link, rows);
    };
    cx.atomic(|cx| {
        let mut linked = present_links(cx, link, meta, relation, pairs)?;
        cx.rows().note_more_links(link.through);
        insert_links(cx, link, rows)?;
        for [source, target] in pairs {
            if let Some((_, new)) = linked.get_mut(source) {
                new.insert(target.clone());
            }
        }
        let changes = linked
            .into_iter()
            .filter_map(|(source, (old, new))| change(meta, relation, source, &old, &new));
        cx.note_links(meta, relation, changes)
    })
}

/// The relation over `link`, where somebody must know of its changes.
fn relation_of(
    cx: &mut Context,
    meta: &'static ModelMeta,
    link: Link,
) -> Result<Option<&'static RelationMeta>> {
    if !cx.links_are_observed(meta)? {
        return Ok(None);
    }
    let relations: &'static [RelationMeta] = meta.relations;
    let is_over_link = |relation: &&RelationMeta| {
        matches!(relation.kind, RelationKind::ManyToMany { through, source, .. }
            if through == link.through && source == link.source)
    };
    Ok(relations.iter().find(is_over_link))
}

fn kinds(meta: &ModelMeta, relation: &RelationMeta) -> [Kind; 2] {
    [meta.pk().kind, (relation.target)().pk().kind]
}

fn as_values(pair: &[Key; 2]) -> [Value; 2] {
    [Value::from(&pair[0]), Value::from(&pair[1])]
}

fn pairs_of(source: &Key, targets: &[Key]) -> Vec<[Value; 2]> {
    let pair = |target: &Key| [source.into(), target.into()];
    targets.iter().map(pair).collect()
}

fn set_unrecorded(
    cx: &mut Context,
    link: Link,
    meta: &'static ModelMeta,
    source: &Key,
    targets: &[Key],
) -> Result<()> {
    if !cx.rows().is_unlinked(link, meta.table, source) {
        let kept: Vec<Value> = targets.iter().map(Value::from).collect();
        let sql = link.render_unlink(cx.dialect()?, source.into(), &kept, false);
        run(cx, sql)?;
    }
    insert_links(cx, link, pairs_of(source, targets))
}

/// What was there before follows from what is there now, what was taken away and what was added.
fn set_recorded(
    cx: &mut Context,
    link: Link,
    meta: &'static ModelMeta,
    relation: &'static RelationMeta,
    source: &Key,
    targets: &[Key],
) -> Result<()> {
    let kinds = kinds(meta, relation);
    let mut old: BTreeSet<Key> = targets.iter().cloned().collect();
    let new = old.clone();
    if !cx.rows().is_unlinked(link, meta.table, source) {
        lock(cx, meta, [source.clone()])?;
        let kept: Vec<Value> = targets.iter().map(Value::from).collect();
        let sql = link.render_unlink(cx.dialect()?, source.into(), &kept, true);
        let removed = load_rows(cx, sql, &mut |row| read_pair(row, kinds))?;
        old.extend(removed.into_iter().map(|[_, target]| target));
    }
    for [_, target] in insert_links_returning(cx, link, pairs_of(source, targets), kinds)? {
        old.remove(&target);
    }
    let changed = change(meta, relation, source.clone(), &old, &new);
    cx.note_links(meta, relation, changed)
}

/// Links as they were and as they will be, by source.
type Links = BTreeMap<Key, (BTreeSet<Key>, BTreeSet<Key>)>;

fn present_links(
    cx: &mut Context,
    link: Link,
    meta: &'static ModelMeta,
    relation: &'static RelationMeta,
    pairs: &[[Key; 2]],
) -> Result<Links> {
    let mut links: Links = pairs
        .iter()
        .map(|[source, _]| (source.clone(), Default::default()))
        .collect();
    let rows = cx.rows();
    let is_linked = |source: &&Key| !rows.is_unlinked(link, meta.table, source);
    let unknown: Vec<Key> = links.keys().filter(is_linked).cloned().collect();
    if unknown.is_empty() {
        return Ok(links);
    }
    let sources: Vec<Value> = unknown.iter().map(Value::from).collect();
    lock(cx, meta, unknown)?;
    let sql = link.render_pairs(cx.dialect()?, &sources);
    let kinds = kinds(meta, relation);
    for [source, target] in load_rows(cx, sql, &mut |row| read_pair(row, kinds))? {
        if let Some((old, new)) = links.get_mut(&source) {
            old.insert(target.clone());
            new.insert(target);
        }
    }
    Ok(links)
}

/// Locks the rows with these keys, so that their links are changed by one transaction at a time.
fn lock(
    cx: &mut Context,
    meta: &'static ModelMeta,
    keys: impl IntoIterator<Item = Key>,
) -> Result<()> {
    if !cx.dialect()?.is_postgres() {
        return Ok(());
    }
    let unwritten = |key: &Key| !cx.has_written(meta.table, key);
    let keys: Vec<Value> = keys
        .into_iter()
        .filter(unwritten)
        .map(Value::from)
        .collect();
    if keys.is_empty() {
        return Ok(());
    }
    let filter = Predicate::In {
        column: &meta.columns[meta.primary_key],
        values: keys,
    };
    let mut select = Select::new(meta, filter);
    select.lock = Some(Lock::Wait);
    read_values(cx, &select).map(drop)
}

fn change(
    meta: &'static ModelMeta,
    relation: &'static RelationMeta,
    key: Key,
    old: &BTreeSet<Key>,
    new: &BTreeSet<Key>,
) -> Option<RowChange> {
    let list = |keys: &BTreeSet<Key>| {
        let keys = keys.iter().map(|key| Value::from(key).to_json());
        Value::Json(keys.collect())
    };
    (old != new).then(|| RowChange {
        meta,
        key,
        operation: Operation::Update,
        fields: vec![FieldChange {
            name: relation.name,
            sensitive: false,
            old: list(old),
            new: list(new),
        }],
    })
}
