use super::Sql;
use crate::predicate::{Comparison, Pattern, Predicate, SubSelect};
use crate::{ColumnMeta, Kind, Value};

/// The order of decimals on SQLite.
pub(crate) const DECIMAL_COLLATION: &str = "restwell_decimal";

/// `text` in lower case, letter by letter as PostgreSQL folds it: a part of a text is folded as it
/// is in the whole, which Greek final sigmas would prevent.
pub fn fold(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).collect()
}

impl Sql {
    /// ` WHERE …`, or nothing where every row is meant.
    pub(super) fn filter(&mut self, predicate: &Predicate) -> &mut Self {
        if !matches!(predicate, Predicate::All) {
            self.push(" WHERE ").condition(predicate);
        }
        self
    }

    fn condition(&mut self, predicate: &Predicate) -> &mut Self {
        match predicate {
            Predicate::All => self.push("1 = 1"),
            Predicate::Nothing => self.push("1 = 0"),
            Predicate::Compare {
                column,
                comparison,
                value,
            } => self
                .comparable(column)
                .push(operator(*comparison))
                .bind(value.clone()),
            Predicate::In { values, .. } if values.is_empty() => self.push("1 = 0"),
            Predicate::In { column, values } => self.comparable(column).bind_list(values),
            Predicate::IsNull { column, is_null } => {
                let test = if *is_null { " IS NULL" } else { " IS NOT NULL" };
                self.column(column.table, column.name).push(test)
            }
            Predicate::Like {
                column,
                pattern,
                text,
                ignore_case,
            } => self.like(column, *pattern, text, *ignore_case),
            Predicate::Month { column, month } => self.month(column, *month),
            Predicate::InSelect { column, select } => self
                .column(column.table, column.name)
                .push(" IN ")
                .subselect(select),
            Predicate::Exists(select) => self.push("EXISTS ").subselect(select),
            Predicate::Linked {
                column,
                link,
                select,
            } => self
                .column(column.table, column.name)
                .push(" IN (SELECT ")
                .column(link.through, link.source)
                .push(" FROM ")
                .name(link.through)
                .push(" WHERE ")
                .column(link.through, link.target)
                .push(" IN ")
                .subselect(select)
                .push(")"),
            Predicate::InSlice { column, slice } => {
                self.column(column.table, column.name).push(" IN (");
                slice.render_key(self);
                self.push(")")
            }
            Predicate::And(parts) => self.join(parts, " AND "),
            Predicate::Or(parts) => self.join(parts, " OR "),
            Predicate::Not(part) => self.push("(").condition(part).push(") IS NOT TRUE"),
            Predicate::Diesel(fragment) => self.push("(").diesel(fragment.clone()).push(")"),
        }
    }

    fn subselect(&mut self, select: &SubSelect) -> &mut Self {
        self.push("(SELECT ")
            .column(select.table, select.column)
            .push(" FROM ")
            .name(select.table)
            .filter(&select.filter)
            .push(")")
    }

    fn join(&mut self, parts: &[Predicate], word: &str) -> &mut Self {
        self.push("(");
        for (i, part) in parts.iter().enumerate() {
            self.push(if i == 0 { "" } else { word }).condition(part);
        }
        self.push(")")
    }

    /// A column as it compares by value. SQLite keeps decimals as text, which sorts by digit.
    pub(super) fn comparable(&mut self, column: &ColumnMeta) -> &mut Self {
        self.column(column.table, column.name);
        if self.is_text_decimal(column) {
            self.push(" COLLATE ").push(DECIMAL_COLLATION);
        }
        self
    }

    /// Whether `column` holds decimals that the database takes for text.
    pub(super) fn is_text_decimal(&self, column: &ColumnMeta) -> bool {
        column.kind == Kind::Decimal && !self.dialect().is_postgres()
    }

    /// PostgreSQL has `LIKE` and `ILIKE`. SQLite's `LIKE` folds ASCII letters alone, and takes no
    /// long patterns; there texts are cut and compared.
    fn like(
        &mut self,
        column: &ColumnMeta,
        pattern: Pattern,
        text: &str,
        ignore_case: bool,
    ) -> &mut Self {
        if ignore_case && pattern == Pattern::Exact {
            return self.same_letters(column, text);
        }
        if self.dialect().is_postgres() {
            let operator = if ignore_case { " ILIKE " } else { " LIKE " };
            return self
                .column(column.table, column.name)
                .push(operator)
                .bind(Value::Text(like_operand(pattern, text)));
        }
        let text = if ignore_case {
            fold(text)
        } else {
            text.to_owned()
        };
        let length = i64::try_from(text.chars().count()).unwrap_or(i64::MAX);
        let text = Value::Text(text);
        match pattern {
            _ if length == 0 && pattern != Pattern::Exact => {
                self.column(column.table, column.name).push(" IS NOT NULL")
            }
            Pattern::Exact => self.foldable(column, ignore_case).push(" = ").bind(text),
            Pattern::Contains => {
                self.push("instr(").foldable(column, ignore_case);
                self.push(", ").bind(text).push(") > 0")
            }
            Pattern::StartsWith => {
                self.push("substr(").foldable(column, ignore_case);
                self.push(", 1, ")
                    .bind(Value::Int(length))
                    .push(") = ")
                    .bind(text)
            }
            Pattern::EndsWith => {
                self.push("substr(").foldable(column, ignore_case);
                self.push(", ")
                    .bind(Value::Int(-length))
                    .push(") = ")
                    .bind(text)
            }
        }
    }

    fn foldable(&mut self, column: &ColumnMeta, ignore_case: bool) -> &mut Self {
        if !ignore_case {
            return self.column(column.table, column.name);
        }
        self.push("unicode_lower(")
            .column(column.table, column.name)
            .push(")")
    }

    /// The same text in either case. Unlike `ILIKE`, it is found by an index on `lower(column)`.
    fn same_letters(&mut self, column: &ColumnMeta, text: &str) -> &mut Self {
        let (fold, operand, close) = if self.dialect().is_postgres() {
            ("LOWER(", ") = LOWER(", ")")
        } else {
            ("unicode_lower(", ") = unicode_lower(", ")")
        };
        self.push(fold)
            .column(column.table, column.name)
            .push(operand)
            .bind(Value::Text(text.to_owned()))
            .push(close)
    }

    fn month(&mut self, column: &ColumnMeta, month: u8) -> &mut Self {
        let (open, close) = if self.dialect().is_postgres() {
            ("EXTRACT(MONTH FROM ", ") = ")
        } else {
            ("CAST(strftime('%m', ", ") AS INTEGER) = ")
        };
        self.push(open)
            .column(column.table, column.name)
            .push(close)
            .bind(Value::Int(month.into()))
    }
}

fn operator(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Eq => " = ",
        Comparison::Gt => " > ",
        Comparison::Gte => " >= ",
        Comparison::Lt => " < ",
        Comparison::Lte => " <= ",
    }
}

/// The right side of a `LIKE`, in which the wildcards of `text` stand for themselves.
fn like_operand(pattern: Pattern, text: &str) -> String {
    let mut operand = String::with_capacity(text.len() + 2);
    if matches!(pattern, Pattern::Contains | Pattern::EndsWith) {
        operand.push('%');
    }
    for letter in text.chars() {
        if matches!(letter, '\\' | '%' | '_') {
            operand.push('\\');
        }
        operand.push(letter);
    }
    if matches!(pattern, Pattern::Contains | Pattern::StartsWith) {
        operand.push('%');
    }
    operand
}
