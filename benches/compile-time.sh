#!/usr/bin/env bash
# What 20 resources cost a clean dev build: processor seconds of a crate of 20 models with
# serializers and viewsets, over the same crate with `table!` alone.
#
#   benches/compile-time.sh [RUNS]
#
# The crate is made in a temporary directory, depends on the facade by path, and has the versions
# of this workspace's Cargo.lock. Its dependencies are built before the clock starts, in
# target/compile-time, where they stay for the next time.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly RUNS="${1:-3}" MODELS=20 MARK=15
workspace="$PWD"
fixture="$(mktemp -d)"
trap 'rm -rf "$fixture"' EXIT
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$workspace/target}/compile-time"

version() {
    sed -nE "s/^$1 = \{ version = \"([^\"]*)\".*/\1/p" Cargo.toml
}

manifest() {
    cat << END
[package]
name = "fixture"
version = "0.0.0"
edition = "2024"

[dependencies]
chrono = { version = "$(version chrono)", default-features = false }
diesel = { version = "$(version diesel)", default-features = false, features = ["32-column-tables"] }
restwell = { path = "$workspace/crates/restwell" }
uuid = { version = "$(version uuid)" }

[workspace]
END
}

# What every file of a resource has: its table.
table() {
    cat << END
diesel::table! {
    things$1 (id) {
        id -> Uuid,
        title -> Text,
        slug -> Text,
        state -> Text,
        amount -> Int4,
        parent_id -> Nullable<Uuid>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}
END
}

model() {
    cat << END

use chrono::{DateTime, Utc};
use restwell::prelude::*;
use uuid::Uuid;

use crate::thing$2::Thing$2;

#[derive(Choices, Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Draft,
    Published,
    Archived,
}

#[derive(Model, Clone, Debug)]
#[model(table = things$1, timestamps, belongs_to(parent: Thing$2), unique(slug))]
pub struct Thing$1 {
    pub id: Uuid,
    pub title: String,
    pub slug: String,
    pub state: State,
    pub amount: i32,
    pub parent_id: Option<Uuid>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}
END
}

serializer() {
    cat << END

use crate::thing$2::Thing$2Brief;

#[serializer(model = Thing$1, read_only)]
pub struct Thing$1Brief {
    id: Uuid,
    title: String,
}

#[serializer(model = Thing$1, validate = check)]
pub struct Thing$1Serializer {
    #[field(read_only)]
    id: Uuid,
    #[validate(length(min = 3, max = 200))]
    title: String,
    #[field(default_with = slug_of_title)]
    #[validate(length(max = 220), slug)]
    slug: String,
    #[field(default_on_create = State::Draft)]
    state: State,
    #[validate(range(min = 0, max = 1000))]
    amount: i32,
    #[field(related, as = data)]
    parent: Option<Thing$2Brief>,
    #[field(read_only)]
    created_at: DateTime<Utc>,
    #[field(read_only)]
    updated_at: DateTime<Utc>,
}

fn slug_of_title(input: &Thing$1SerializerInput, _: &mut Context) -> Result<String> {
    let title = input.title.value().map(String::as_str).unwrap_or_default();
    Ok(slugify(title, 220))
}

fn check(attrs: &Attrs<'_, Thing$1SerializerInput>, _: &mut Context) -> Result<()> {
    if attrs.get(Thing$1::F.state) == Some(State::Published) && attrs.get(Thing$1::F.amount) == Some(0) {
        return Err(Error::field("amount", "invalid", "A published thing has an amount."));
    }
    Ok(())
}
END
}

viewset() {
    cat << END

#[derive(Clone, Copy, Debug)]
pub struct Things$1;

#[viewset]
impl ViewSet for Things$1 {
    type Model = Thing$1;
    type Serializer = Thing$1Serializer;

    fn options() -> Options<Thing$1> {
        Options::new()
            .filter(Thing$1::F.state, (Exact, In))
            .filter(Thing$1::F.amount, (Gte, Lte, Range))
            .filter(Thing$1::F.parent_id, (Exact, IsNull))
            .filter(Thing$1::F.created_at, (Gte, Lt))
            .search([Thing$1::F.title, Thing$1::F.slug])
            .order((Thing$1::F.created_at, Thing$1::F.title, Thing$1::F.amount))
            .default_order([Thing$1::F.created_at.desc()])
    }

    fn permission(&self, _: Action) -> Rule<Thing$1> {
        read_only() | is_authenticated()
    }
}
END
}

# Writes the crate with the parts that are named.
generate() {
    rm -rf "$fixture/src"
    mkdir "$fixture/src"
    local number before=02 part
    {
        for number in $(seq -f %02.0f "$MODELS"); do
            echo "pub mod thing$number;"
        done
        if [ "${*: -1}" = viewset ]; then
            echo "pub fn router() -> restwell::Router {"
            echo "    restwell::Router::new()"
            for number in $(seq -f %02.0f "$MODELS"); do
                echo "        .register(\"things$number\", thing$number::Things$number)"
            done
            echo "}"
        fi
    } > "$fixture/src/lib.rs"
    for number in $(seq -f %02.0f "$MODELS"); do
        for part in "$@"; do
            "$part" "$number" "$before"
        done > "$fixture/src/thing$number.rs"
        before="$number"
    done
}

# The processor seconds of a clean build of the crate alone: the median of the runs.
measure() {
    generate "$@"
    for _ in $(seq "$RUNS"); do
        cargo clean --quiet --package fixture
        { TIMEFORMAT='%U %S'; time cargo build --offline --quiet 2>&3; } 3>&2 2>&1 |
            awk '{ print $1 + $2 }'
    done | sort -n | awk '{ all[NR] = $1 } END { print all[int((NR + 1) / 2)] }'
}

manifest > "$fixture/Cargo.toml"
cp Cargo.lock "$fixture/Cargo.lock"
cd "$fixture"
echo "Building the dependencies, if they are not there yet…"
generate table
cargo build --offline --quiet

tables="$(measure table)"
echo "$MODELS tables:                $tables CPU s"
models="$(measure table model)"
echo "$MODELS models:                $models CPU s"
serializers="$(measure table model serializer)"
echo "… with serializers:       $serializers CPU s"
all="$(measure table model serializer viewset)"
echo "… and viewsets:           $all CPU s"
awk -v all="$all" -v tables="$tables" -v mark="$MARK" -v models="$MODELS" 'BEGIN {
    over = all - tables
    printf "Over the tables alone:    %.1f CPU s, %.2f for each resource", over, over / models
    printf " (the mark is %d: %s)\n", mark, over < mark ? "met" : "missed"
    exit over >= mark
}'
