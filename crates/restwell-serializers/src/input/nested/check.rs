//! What is wrong with nested rows is wrong with the row that they are in.

use std::collections::{BTreeMap, HashMap, HashSet};

use restwell_core::{Action, Decision, Error, FieldErrors, Key, Patch, Path, Result, RowErrors};
use restwell_db::predicate::Predicate;
use restwell_db::relation::retrievable;
use restwell_db::{ColumnMeta, Context, Guard, Model, Q, QuerySet, Value, refusal};

use super::super::related::missing_key;
use super::super::{Draft, Input, Mode, Validated, validate};
use super::{Between, Children, MOST_DEPTH, Nesting, Row, Tie};

/// The place of a nested row: that of its row in the batch, and its own there.
pub(super) type Place = (usize, usize);

/// What is wrong with nested rows, by the rows that they are in.
#[derive(Default)]
pub(super) struct Refusals(BTreeMap<usize, RowErrors>);

impl Refusals {
    pub(super) fn add(&mut self, (row, own): Place, error: Error) {
        self.0.entry(row).or_default().add(own, error);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn into_rows(self) -> impl Iterator<Item = (usize, RowErrors)> {
        self.0.into_iter()
    }
}

/// What is said of a nested row, and of which that is there.
struct Meant<'a, M, S> {
    place: Place,
    said: S,
    instance: Option<&'a M>,
}

/// What is written of a nested row that passed every check, if anything is.
type Ready<'a, V> = Meant<'a, Row<V>, Option<Validated<<V as Children>::Input>>>;

impl<'a, M, S> Meant<'a, M, S> {
    fn map<T>(self, work: impl FnOnce(S) -> T) -> Meant<'a, M, T> {
        Meant {
            place: self.place,
            said: work(self.said),
            instance: self.instance,
        }
    }
}

/// What is written of rows that are there: of one that several rows of the batch name, what one of
/// them says. Where another says something too, it is refused.
fn once<'a, I: Input>(
    meant: Vec<Meant<'a, I::Model, Validated<I>>>,
    refusals: &mut Refusals,
) -> Vec<Meant<'a, I::Model, Option<Validated<I>>>> {
    let key = |row: &Meant<'a, I::Model, Validated<I>>| row.instance.map(Model::key);
    let mut names: HashMap<Option<Key>, usize> = HashMap::new();
    for row in &meant {
        *names.entry(key(row)).or_default() += 1;
    }
    let mut written = HashSet::new();
    let mut once = Vec::with_capacity(meant.len());
    for row in meant {
        let named = key(&row);
        let is_alone = names.get(&named) == Some(&1);
        if is_alone || row.said.says_something() && written.insert(named.clone()) {
            once.push(row.map(Some));
        } else if let (true, Some(key)) = (row.said.says_something(), named) {
            refusals.add(row.place, named_twice::<I::Model>(&key));
        } else {
            once.push(row.map(|_| None));
        }
    }
    once
}

/// Nested rows that `rule` permits and that pass every check. All are new, or all are changed.
fn judge<'a, I: Input>(
    meant: Vec<Meant<'a, I::Model, Draft<I>>>,
    mode: Mode,
    rule: &dyn Guard<I::Model>,
    refusals: &mut Refusals,
    cx: &mut Context,
) -> Result<Vec<Meant<'a, I::Model, Validated<I>>>> {
    if meant.is_empty() {
        return Ok(Vec::new());
    }
    let rows = meant.iter().map(|row| (row.place, row.instance));
    let rows: Vec<(Place, Option<&I::Model>)> = rows.collect();
    let instances: Vec<Option<&I::Model>> = rows.iter().map(|(_, instance)| *instance).collect();
    let drafts = meant.into_iter().map(|row| row.said).collect();
    let outcomes = validate(drafts, &instances, mode, cx)?;
    let may_create = mode != Mode::Create || may(rule, Action::Create, None, cx)?;
    let mut sound = Vec::with_capacity(rows.len());
    for ((place, instance), outcome) in rows.into_iter().zip(outcomes) {
        let is_allowed = match instance {
            Some(row) => may(rule, mode.action(), Some(row), cx)?,
            None => may_create,
        };
        match outcome {
            _ if !is_allowed => refusals.add(place, refusal(cx)),
            Ok(said) => sound.push(Meant {
                place,
                said,
                instance,
            }),
            Err(error) if error.is_server_error() => return Err(error),
            Err(error) => refusals.add(place, error),
        }
    }
    Ok(sound)
}

impl<I: Input, V: Children, R: Between<I, V>> Nesting<'_, I, V, R> {
    /// Checks the nested rows of a whole batch as their own serializer and the rule check each,
    /// with one query for those that are there.
    ///
    /// # Errors
    /// 503 when the database is away. What is wrong stands in the drafts.
    pub fn check(
        &self,
        batch: &mut [Draft<I>],
        instances: &[Option<&I::Model>],
        mode: Mode,
        cx: &mut Context,
    ) -> Result<()> {
        let mut refusals = Refusals::default();
        let entries = self.entries(batch, &mut refusals);
        let parent = |row: usize| instances.get(row).copied().flatten().map(Model::key);
        let parents: HashSet<Key> = entries
            .iter()
            .filter_map(|(place, _)| parent(place.0))
            .collect();
        let named = entries.iter();
        let named = named.filter_map(|((row, _), draft)| Some((*row, draft.key.clone()?)));
        self.find_named(batch, instances, named.collect(), cx)?;
        let known = self.known(&entries, &parents, cx)?;
        let (mut new, mut changed) = (Vec::new(), Vec::new());
        for (place, mut draft) in entries {
            let parent = parent(place.0);
            if let Tie::Theirs(column) = self.relation.tie() {
                draft.give(column, parent.as_ref().map_or(Value::Null, Value::from));
            }
            match self.instance(&draft, parent.as_ref(), &known) {
                Ok(instance) => {
                    let kind = if instance.is_some() {
                        &mut changed
                    } else {
                        &mut new
                    };
                    kind.push(Meant {
                        place,
                        said: draft,
                        instance,
                    });
                }
                Err(error) => refusals.add(place, error),
            }
        }
        let change = match mode {
            Mode::Create => Mode::PartialUpdate,
            mode => mode,
        };
        let new = judge(new, Mode::Create, self.rule, &mut refusals, cx)?;
        let mut ready: Vec<_> = new.into_iter().map(|row| row.map(Some)).collect();
        let changed = judge(changed, change, self.rule, &mut refusals, cx)?;
        ready.extend(once(changed, &mut refusals));
        self.put_back(batch, ready, self.rows(parents, cx));
        for (row, errors) in refusals.into_rows() {
            batch[row].refuse(self.placed(errors));
        }
        Ok(())
    }

    /// What is said of each nested row, taken out of its place. A row that is shared may be named in
    /// several rows of the batch, once in each.
    fn entries(
        &self,
        batch: &mut [Draft<I>],
        refusals: &mut Refusals,
    ) -> Vec<(Place, Draft<V::Input>)> {
        let mut entries = Vec::new();
        let mut named = HashSet::new();
        let is_shared = !matches!(self.relation.tie(), Tie::Theirs(_));
        for (row, draft) in batch.iter_mut().enumerate() {
            let within = is_shared.then_some(row);
            let Patch::Value(children) = (self.field)(&mut draft.input) else {
                continue;
            };
            for (own, child) in children.each().into_iter().enumerate() {
                let Some(mut said) = child.draft.take() else {
                    continue;
                };
                said.depth = draft.depth + 1;
                if said.depth > MOST_DEPTH {
                    refusals.add((row, own), too_deep());
                    continue;
                }
                match said.key.clone() {
                    Some(key) if !named.insert((within, key.clone())) => {
                        refusals.add((row, own), named_twice::<Row<V>>(&key));
                    }
                    _ => entries.push(((row, own), said)),
                }
            }
        }
        entries
    }

    /// The rows that are there and may be meant, by what names them: their key, or that of the row
    /// that they belong to alone.
    fn known(
        &self,
        entries: &[(Place, Draft<V::Input>)],
        parents: &HashSet<Key>,
        cx: &mut Context,
    ) -> Result<HashMap<Key, Row<V>>> {
        let pk = Row::<V>::META.pk();
        let named = || {
            one_of(
                pk,
                entries.iter().filter_map(|(_, draft)| draft.key.as_ref()),
            )
        };
        let names_none = entries.iter().all(|(_, draft)| draft.key.is_none());
        let (column, among) = match self.relation.tie() {
            Tie::Theirs(_) if parents.is_empty() => return Ok(HashMap::new()),
            Tie::Theirs(column) if !V::MANY => (column, one_of(column, parents)),
            _ if names_none => return Ok(HashMap::new()),
            Tie::Theirs(column) => (pk, one_of(column, parents) & named()),
            Tie::Own(_) | Tie::Pairs(_) => (pk, named()),
        };
        let rows = retrievable(Row::<V>::scope(cx) & among, Some(self.rule), cx)?.into_iter();
        let named = rows.filter_map(|row| Some((row.value(column.index).to_key()?, row)));
        Ok(named.collect())
    }

    /// The row that is meant; none where a new one is.
    fn instance<'a>(
        &self,
        draft: &Draft<V::Input>,
        parent: Option<&Key>,
        known: &'a HashMap<Key, Row<V>>,
    ) -> Result<Option<&'a Row<V>>> {
        let tie = self.relation.tie();
        if let (Tie::Theirs(_), false) = (tie, V::MANY) {
            let own = parent.and_then(|parent| known.get(parent));
            return match &draft.key {
                Some(key) if own.map(Model::key).as_ref() != Some(key) => {
                    Err(absent::<Row<V>>(key))
                }
                _ => Ok(own),
            };
        }
        let Some(key) = &draft.key else {
            return Ok(None);
        };
        let belongs = |row: &&Row<V>| match tie {
            Tie::Theirs(column) => row.value(column.index).to_key().as_ref() == parent,
            Tie::Own(_) | Tie::Pairs(_) => true,
        };
        let row = known.get(key).filter(belongs);
        row.map(Some).ok_or_else(|| absent::<Row<V>>(key))
    }

    /// The rows among which changes are made.
    fn rows(&self, parents: HashSet<Key>, cx: &Context) -> QuerySet<Row<V>> {
        let rows = Row::<V>::objects().filter(Row::<V>::scope(cx));
        match self.relation.tie() {
            Tie::Theirs(column) => rows.filter(one_of(column, &parents)),
            Tie::Own(_) | Tie::Pairs(_) => rows,
        }
    }

    /// Puts what will be written where it was said.
    fn put_back(&self, batch: &mut [Draft<I>], ready: Vec<Ready<'_, V>>, rows: QuerySet<Row<V>>) {
        let mut ready: HashMap<Place, _> = ready
            .into_iter()
            .map(|row| (row.place, (row.said, row.instance)))
            .collect();
        for (row, draft) in batch.iter_mut().enumerate() {
            let Patch::Value(children) = (self.field)(&mut draft.input) else {
                continue;
            };
            for (own, child) in children.each().into_iter().enumerate() {
                let Some((input, instance)) = ready.remove(&(row, own)) else {
                    continue;
                };
                child.key = instance.map(Model::key);
                child.instance = instance.cloned().map(Box::new);
                child.ready = input.map(|input| match instance {
                    Some(row) => input.for_row(rows.clone(), row.pk(), None),
                    None => input,
                });
            }
        }
    }
}

/// Rows with one of these keys in `column`.
pub(super) fn one_of<'a, M: Model>(
    column: &'static ColumnMeta,
    keys: impl IntoIterator<Item = &'a Key>,
) -> Q<M> {
    let values = keys.into_iter().map(Value::from).collect();
    Q::from_predicate(Predicate::In { column, values })
}

/// Whether `rule` allows `action`: on `row`, or where there is none, on any.
pub(super) fn may<M: 'static>(
    rule: &dyn Guard<M>,
    action: Action,
    row: Option<&M>,
    cx: &mut Context,
) -> Result<bool> {
    let decision = rule.decide(action, row, cx)?;
    Ok(decision == Decision::Allow || row.is_none() && decision == Decision::Unknown)
}

fn too_deep() -> Error {
    let message = format!("Ensure this is nested no more than {MOST_DEPTH} levels deep.");
    FieldErrors::one(Path::root(), "max_depth", message).into()
}

fn named_twice<M: Model>(key: &Key) -> Error {
    let message = format!("The pk \"{key}\" stands twice.");
    Error::field(M::META.pk().name, "duplicate", message)
}

fn absent<M: Model>(key: &Key) -> Error {
    let missing = missing_key(&key.to_string());
    Error::field(M::META.pk().name, missing.code, missing.message)
}
