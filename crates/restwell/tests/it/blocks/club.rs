//! A club, whose members are composed of all building blocks.

use chrono::{DateTime, NaiveDate, Utc};
use restwell::Api;
use restwell::blocks::{
    Address, AddressFields, Identity, IdentityFields, Metadata, MetadataFields, SlugField, Slugged,
    TimestampFields, UserActionFields, VersionField,
};
use restwell::db::ddl;
use restwell::prelude::*;
use restwell_testing::{Client, TestDatabase, TestServer, assert_enveloped, clock_at};
use serde_json::Value;
use uuid::Uuid;

diesel::table! {
    teams (id) { id -> Int8, name -> Text }
}

diesel::table! {
    skills (id) { id -> Int8, name -> Text }
}

diesel::table! {
    member_skills (member_id, skill_id) { member_id -> Uuid, skill_id -> Int8 }
}

diesel::table! {
    members (id) {
        id -> Uuid,
        title -> Nullable<Text>,
        slug -> Text,
        rank -> Text,
        team_id -> Nullable<Int8>,
        metadata -> Jsonb,
        tags -> Jsonb,
        notes -> Text,
        first_name -> Text,
        middle_name -> Text,
        last_name -> Text,
        email -> Text,
        phone -> Text,
        birth_date -> Nullable<Date>,
        street_address -> Text,
        street_address_2 -> Text,
        city -> Text,
        state_province -> Text,
        postal_code -> Text,
        country -> Text,
        latitude -> Nullable<Float8>,
        longitude -> Nullable<Float8>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        created_by -> Nullable<Uuid>,
        updated_by -> Nullable<Uuid>,
        version -> Int8,
        deleted_at -> Nullable<Timestamptz>,
    }
}

#[derive(Model, Clone, Debug)]
#[model(table = teams, unique(name))]
pub(super) struct Team {
    pub(super) id: i64,
    pub(super) name: String,
}

#[derive(Model, Clone, Debug)]
#[model(table = skills, unique(name))]
pub(super) struct Skill {
    pub(super) id: i64,
    pub(super) name: String,
}

#[derive(Choices, Clone, Copy, Debug, PartialEq)]
pub(super) enum Rank {
    Novice,
    Master,
}

#[derive(Model, Clone, Debug)]
#[model(
    table = members, timestamps, user_actions, soft_delete, version,
    slug(source = title, max = 60), metadata, identity, address,
    belongs_to(team: Team, on_delete = set_null),
    many_to_many(skills: Skill, through = member_skills)
)]
pub(super) struct Member {
    pub(super) id: Uuid,
    pub(super) title: Option<String>,
    pub(super) slug: String,
    pub(super) rank: Rank,
    pub(super) team_id: Option<i64>,
    pub(super) metadata: Value,
    pub(super) tags: Vec<String>,
    pub(super) notes: String,
    pub(super) first_name: String,
    pub(super) middle_name: String,
    pub(super) last_name: String,
    pub(super) email: String,
    pub(super) phone: String,
    pub(super) birth_date: Option<NaiveDate>,
    pub(super) street_address: String,
    pub(super) street_address_2: String,
    pub(super) city: String,
    pub(super) state_province: String,
    pub(super) postal_code: String,
    pub(super) country: String,
    pub(super) latitude: Option<f64>,
    pub(super) longitude: Option<f64>,
    pub(super) created_at: DateTime<Utc>,
    pub(super) updated_at: DateTime<Utc>,
    pub(super) created_by: Option<Uuid>,
    pub(super) updated_by: Option<Uuid>,
    pub(super) version: i64,
    pub(super) deleted_at: Option<DateTime<Utc>>,
}

#[serializer(
    model = Member,
    extends(
        SlugField, MetadataFields, IdentityFields, AddressFields, TimestampFields,
        UserActionFields, VersionField
    )
)]
struct MemberSerializer {
    #[field(read_only)]
    id: Uuid,
    title: Option<String>,
    #[field(default = Rank::Novice)]
    rank: Rank,
    #[field(method = full_name)]
    full_name: String,
    #[field(method = short_address)]
    short_address: String,
    #[field(related)]
    team: Option<Team>,
    #[field(related, required = false)]
    skills: Vec<Skill>,
    #[field(required = false)]
    #[validate(length(max = 60), slug)]
    slug: String,
}

fn full_name(member: &Member, _: &Context) -> String {
    member.full_name()
}

fn short_address(member: &Member, _: &Context) -> String {
    member.short_address()
}

struct Members;

#[viewset]
impl ViewSet for Members {
    type Model = Member;
    type Serializer = MemberSerializer;

    fn options() -> Options<Member> {
        Options::new().trash()
    }

    fn extensions() -> Extensions<Self> {
        Extensions::none().with(Bulk::new(1_000))
    }

    fn permission(&self, _: Action) -> Rule<Member> {
        allow_any()
    }

    /// Notes that somebody was here.
    #[action(detail, methods = [post])]
    fn visit(&self, cx: &mut Context, mut member: Member) -> Result<Reply> {
        let visits: i64 = member.metadata_value("visits")?.unwrap_or_default();
        member.set_metadata_value("visits", &(visits + 1))?;
        member.add_tag("seen, at last")?;
        let this = Member::objects().filter(Member::F.id.eq(member.id));
        this.update(cx, member.metadata_changes())?;
        let member = Member::find_by_slug(cx, member.slug())?;
        Reply::object::<MemberSerializer>(&member, cx)
    }
}

/// What the statements of a migration make of the models.
pub(super) struct Club {
    pub(super) db: TestDatabase,
    pub(super) server: TestServer,
}

impl Club {
    pub(super) fn client(&self) -> Client {
        self.server.client().always(assert_enveloped)
    }

    pub(super) fn join(&self, body: &Value) -> Value {
        self.client().post("/members/", body).expect(201).data()
    }

    pub(super) fn refused(&self, body: &Value) -> Value {
        self.client().post("/members/", body).expect(400).errors()
    }
}

pub(super) fn opened(db: TestDatabase) -> Club {
    let dialect = db.context().dialect().expect("a connection");
    for meta in [Team::META, Skill::META, Member::META] {
        db.execute(&ddl::create_table(meta, dialect));
    }
    db.execute("INSERT INTO teams (name) VALUES ('red')");
    db.execute("INSERT INTO skills (name) VALUES ('tea'), ('go')");
    let api = Api::builder(db.pool())
        .clock(clock_at("2026-02-28T23:00:00Z"))
        .count_statements()
        .routes(Router::new().register("members", Members))
        .build();
    let server = TestServer::start(&api.expect("an api"));
    Club { db, server }
}
