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

/// Rows that are linked to exactly these others, each by its key.
pub type LinkSets = Vec<(Key, Vec<Key>)>;

/// Links each of some rows of `meta` to exactly the rows beside it, in at most two statements, and
/// a third that locks the rows where the model is audited and this transaction has not written
/// them. The limit on bind values may want more where the rows keep many links.
///
/// # Errors
/// 400 when one of the other rows is not there; 503 when the database is away.
pub fn set_links(
    cx: &mut Context,
    link: Link,
    meta: &'static ModelMeta,
    mut sets: LinkSets,
) -> Result<()> {
    for (_, targets) in &mut sets {
        let mut seen = HashSet::with_capacity(targets.len());
        targets.retain(|key| seen.insert(key.clone()));
    }
    match relation_of(cx, meta, link)? {
        Some(relation) => {
            let work = |cx: &mut Context| set_recorded(cx, link, meta, relation, &sets);
            if is_one_insert(cx, link, meta, &sets)? {
                cx.in_transaction_of(work)?;
            } else {
                cx.atomic(work)?;
            }
        }
        None => set_unrecorded(cx, link, meta, &sets)?,
    }
    for (source, targets) in sets {
        cx.rows().note_links(link, source, targets);
    }
    Ok(())
}

/// Adds links between rows of `meta` and others, by pairs of keys; those that are there already stay
/// as they are.
///
/// # Errors
/// 400 when one of the other rows is not there; 503 when the database is away.
pub fn add_links(
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
        note(cx, meta, relation, linked)
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

/// In the order of their keys, so that transactions that add the same wait for each other.
fn pairs_of(sets: &LinkSets) -> Vec<[Value; 2]> {
    let pairs = sets
        .iter()
        .flat_map(|(source, targets)| targets.iter().map(move |target| [source, target]));
    let mut pairs: Vec<[&Key; 2]> = pairs.collect();
    pairs.sort_unstable();
    pairs
        .into_iter()
        .map(|pair| pair.map(Value::from))
        .collect()
}

/// Those of the rows that may have links, with the targets of those that stay, in parts that fit
/// into one statement.
fn linked(cx: &mut Context, link: Link, meta: &ModelMeta, sets: &LinkSets) -> Result<Vec<Kept>> {
    let most = cx.dialect()?.bind_limit() / 2;
    let mut parts: Vec<Kept> = Vec::new();
    let mut room = 0;
    for (source, targets) in sets {
        if cx.rows().is_unlinked(link, meta.table, source) {
            continue;
        }
        if parts.is_empty() || targets.len() >= room {
            parts.push(Vec::new());
            room = most;
        }
        room = room.saturating_sub(targets.len());
        let targets = targets.iter().map(Value::from).collect();
        if let Some(part) = parts.last_mut() {
            part.push((source.into(), targets));
        }
    }
    Ok(parts)
}

type Kept = Vec<(Value, Vec<Value>)>;

/// Whether nothing is there yet and one statement adds all: it is done or fails as a whole.
fn is_one_insert(cx: &mut Context, link: Link, meta: &ModelMeta, sets: &LinkSets) -> Result<bool> {
    let most = cx.dialect()?.bind_limit() / 2;
    let rows = cx.rows();
    let are_new = sets
        .iter()
        .all(|(source, _)| rows.is_unlinked(link, meta.table, source));
    let pairs: usize = sets.iter().map(|(_, targets)| targets.len()).sum();
    Ok(are_new && pairs <= most)
}

fn set_unrecorded(
    cx: &mut Context,
    link: Link,
    meta: &'static ModelMeta,
    sets: &LinkSets,
) -> Result<()> {
    for part in linked(cx, link, meta, sets)? {
        let sql = link.render_unlink(cx.dialect()?, &part, false);
        run(cx, sql)?;
    }
    insert_links(cx, link, pairs_of(sets))
}

/// What was there before follows from what is there now, what was taken away and what was added.
fn set_recorded(
    cx: &mut Context,
    link: Link,
    meta: &'static ModelMeta,
    relation: &'static RelationMeta,
    sets: &LinkSets,
) -> Result<()> {
    let kinds = kinds(meta, relation);
    let mut links: Links = sets
        .iter()
        .map(|(source, targets)| {
            let targets: BTreeSet<Key> = targets.iter().cloned().collect();
            (source.clone(), (targets.clone(), targets))
        })
        .collect();
    let parts = linked(cx, link, meta, sets)?;
    let stale = parts
        .iter()
        .flatten()
        .filter_map(|(source, _)| source.to_key());
    lock(cx, meta, stale)?;
    for part in &parts {
        let sql = link.render_unlink(cx.dialect()?, part, true);
        for [source, target] in load_rows(cx, sql, &mut |row| read_pair(row, kinds))? {
            if let Some((old, _)) = links.get_mut(&source) {
                old.insert(target);
            }
        }
    }
    for [source, target] in insert_links_returning(cx, link, pairs_of(sets), kinds)? {
        if let Some((old, _)) = links.get_mut(&source) {
            old.remove(&target);
        }
    }
    note(cx, meta, relation, links)
}

fn note(
    cx: &mut Context,
    meta: &'static ModelMeta,
    relation: &'static RelationMeta,
    links: Links,
) -> Result<()> {
    let changes = links
        .into_iter()
        .filter_map(|(source, (old, new))| change(meta, relation, source, &old, &new));
    cx.note_links(meta, relation, changes)
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
    let written = cx.written(meta.table);
    let unwritten = keys.into_iter().filter(|key| !written.contains(key));
    let keys: Vec<Value> = unwritten.map(Value::from).collect();
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
