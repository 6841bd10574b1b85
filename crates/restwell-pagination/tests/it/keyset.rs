//! However a list is ordered, its cursor pages are the whole list, forward and backward.

use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use restwell_db::statement::Order;
use restwell_db::{ColumnMeta, Model};
use restwell_pagination::{Cursor, Page};

use crate::database::Database;
use crate::schema::Thing;
use crate::{ids, page};

/// One row as SQL values, from few different ones, so that there are many ties.
fn row() -> impl Strategy<Value = String> {
    let pick = |values: &'static [&'static str]| prop::sample::select(values);
    (
        pick(&["-1", "0", "1"]),
        pick(&["NULL", "NULL", "-7", "7"]),
        pick(&["''", "'a'", "'A'", "'é'", "'a b'"]),
        pick(&["NULL", "''", "'b'", "'it''s'"]),
        pick(&["NULL", "0.1", "-0.5", "1e300", "0.30000000000000004"]),
        pick(&["NULL", "'1.5'", "'1.50'", "'-12345678901234.5'", "'10'"]),
        pick(&[
            "NULL",
            "'2026-01-15 10:00:00+00:00'",
            "'2026-01-15 10:00:00.000001+00:00'",
            "'1969-12-31 23:59:59.999999+00:00'",
        ]),
        pick(&["NULL", "'2026-01-15'", "'1999-12-31'"]),
        pick(&["NULL", "'00:00:00'", "'23:59:59.999999'"]),
        pick(&["TRUE", "FALSE"]),
    )
        .prop_map(
            |(number, maybe, text, label, ratio, price, made, day, at, flag)| {
                [
                    number, maybe, text, label, ratio, price, made, day, at, flag,
                ]
                .join(", ")
            },
        )
}

fn order() -> impl Strategy<Value = Vec<Order>> {
    let column = prop::sample::select(Thing::META.columns.iter().collect::<Vec<&ColumnMeta>>());
    let by = (column, any::<bool>(), prop::bool::weighted(0.2)).prop_map(
        |(column, descending, reversed)| {
            let order = if descending {
                Order::desc(column)
            } else {
                Order::asc(column)
            };
            if reversed { order.reversed() } else { order }
        },
    );
    prop::collection::vec(by, 0..4)
}

/// The query of a link.
fn query(link: &str) -> &str {
    link.split_once('?').expect("a query").1
}

fn walk(
    db: &Database,
    order: &[Order],
    size: usize,
    first: Page<Thing>,
    step: impl Fn(&Page<Thing>) -> Option<String>,
) -> Result<Vec<Page<Thing>>, TestCaseError> {
    let mut pages = vec![first];
    while let Some(link) = pages.last().and_then(&step) {
        prop_assert!(pages.len() < 50, "an endless walk");
        let next = page(db, Cursor::new(2).max(10), order, query(&link))
            .map_err(|error| TestCaseError::fail(format!("{error:?}")))?;
        prop_assert!(!next.rows.is_empty() && next.rows.len() <= size);
        pages.push(next);
    }
    Ok(pages)
}

fn next(page: &Page<Thing>) -> Option<String> {
    page.info.as_ref().and_then(|info| info.next.clone())
}

fn previous(page: &Page<Thing>) -> Option<String> {
    page.info.as_ref().and_then(|info| info.previous.clone())
}

fn hold(db: &Database, rows: &[String], order: &[Order], size: usize) -> Result<(), TestCaseError> {
    let rows: Vec<String> = rows
        .iter()
        .enumerate()
        .map(|(id, row)| format!("({id}, {row})"))
        .collect();
    db.execute("DELETE FROM things");
    if !rows.is_empty() {
        db.execute(&format!("INSERT INTO things VALUES {}", rows.join(", ")));
    }
    let whole: Vec<i64> = Thing::objects()
        .order_by_columns(order.to_vec())
        .load(&mut db.context(""))
        .map_err(|error| TestCaseError::fail(format!("{error:?}")))?
        .iter()
        .map(|thing| thing.id)
        .collect();
    let first = page(
        db,
        Cursor::new(2).max(10),
        order,
        &format!("page_size={size}"),
    )
    .map_err(|error| TestCaseError::fail(format!("{error:?}")))?;
    prop_assert_eq!(previous(&first), None);
    let forward = walk(db, order, size, first, next)?;
    let there: Vec<i64> = forward.iter().flat_map(ids).collect();
    prop_assert_eq!(&there, &whole);
    let Some(last) = forward.last().cloned() else {
        return Ok(());
    };
    let backward = walk(db, order, size, last, previous)?;
    let back: Vec<i64> = backward.iter().rev().flat_map(ids).collect();
    prop_assert_eq!(&back, &whole);
    if let Some(first) = backward.last().filter(|_| backward.len() > 1).cloned() {
        let again = walk(db, order, size, first, next)?;
        let there: Vec<i64> = again.iter().flat_map(ids).collect();
        prop_assert_eq!(&there, &whole);
    }
    Ok(())
}

on_both! {
    fn pages_are_the_list_forward_and_backward(db: &Database) {
        let rows = prop::collection::vec(row(), 0..14);
        proptest!(ProptestConfig::with_cases(120), |(rows in rows, order in order(), size in 1..6_usize)| {
            hold(db, &rows, &order, size)?;
        });
    }
}
