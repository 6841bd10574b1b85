use super::Sql;
use crate::predicate::{Comparison, Pattern, Predicate, SubSelect};
use crate::{ColumnMeta, Kind, Value};

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
                .operand(column, value),
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
        if column.kind == Kind::Decimal && !self.dialect().is_postgres() {
            return self
                .push("CAST(")
                .column(column.table, column.name)
                .push(" AS NUMERIC)");
        }
        self.column(column.table, column.name)
    }

    fn operand(&mut self, column: &ColumnMeta, value: &Value) -> &mut Self {
        if column.kind == Kind::Decimal && !self.dialect().is_postgres() {
            return self.push("CAST(").bind(value.clone()).push(" AS NUMERIC)");
        }
        self.bind(value.clone())
    }

    /// PostgreSQL has `LIKE` and `ILIKE`. On SQLite `LIKE` folds ASCII letters alone and `GLOB`
    /// folds none, so text is folded by a function of our own.
    fn like(
        &mut self,
        column: &ColumnMeta,
        pattern: Pattern,
        text: &str,
        ignore_case: bool,
    ) -> &mut Self {
        if self.dialect().is_postgres() {
            let operator = if ignore_case { " ILIKE " } else { " LIKE " };
            let operand = wildcards(pattern, &escape(text, &['\\', '%', '_']), '%');
            return self
                .column(column.table, column.name)
                .push(operator)
                .bind(Value::Text(operand));
        }
        if ignore_case {
            let folded = escape(&text.to_lowercase(), &['\\', '%', '_']);
            return self
                .push("unicode_lower(")
                .column(column.table, column.name)
                .push(") LIKE ")
                .bind(Value::Text(wildcards(pattern, &folded, '%')))
                .push(" ESCAPE '\\'");
        }
        let globbed = glob_escape(text);
        self.column(column.table, column.name)
            .push(" GLOB ")
            .bind(Value::Text(wildcards(pattern, &globbed, '*')))
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

fn wildcards(pattern: Pattern, text: &str, any: char) -> String {
    match pattern {
        Pattern::Exact => text.to_owned(),
        Pattern::Contains => format!("{any}{text}{any}"),
        Pattern::StartsWith => format!("{text}{any}"),
        Pattern::EndsWith => format!("{any}{text}"),
    }
}

fn escape(text: &str, special: &[char]) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        if special.contains(&letter) {
            escaped.push('\\');
        }
        escaped.push(letter);
    }
    escaped
}

fn glob_escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        if matches!(letter, '*' | '?' | '[') {
            escaped.push('[');
            escaped.push(letter);
            escaped.push(']');
        } else {
            escaped.push(letter);
        }
    }
    escaped
}
