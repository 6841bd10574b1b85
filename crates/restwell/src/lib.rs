#![doc = include_str!("docs/tour.md")]

mod auth_views;

pub mod blocks;

pub use restwell_core::envelope;
pub use restwell_core::settings;

pub use restwell_core::{
    Access, Action, AllowedHosts, ApiError, Attempt, Authenticator, Choices, Clock, Envelope,
    Error, ErrorCode, ErrorCodes, FieldErrors, Headers, Identity, Key, ManualClock, Method,
    Network, NetworkError, Patch, Path, Principal, QueryString, Request, RequestId, Result,
    RoleSource, RowErrors, ServiceError, Settings, SignatureError, Signer, State, SystemClock,
    Throttle, TrustedProxies, WeakSecret,
};
pub use restwell_db::connection::ConnectError;
pub use restwell_db::{
    AnyConnection, Changes, Context, DatabaseUrl, Dialect, Field, Migrations, Model, Pool,
    PoolOptions, Q, QuerySet, StateMachine, Transition, migrate, slugify,
};
pub use restwell_macros::{ApiError, Choices, Model, StateMachine, serializer, viewset};
pub use restwell_serializers::{
    Attrs, Invalid, Json, Mode, Representation, ToRepresentation, Validated, WriteSerializer,
};
pub use restwell_views::{
    Actions, Api, ApiBuilder, Atomicity, Base, BuildError, Content, ContentWriter, ExtraAction,
    InputOf, NoInput, Options, Reply, RouteInfo, Router, View, ViewSet, body_of, changes_of,
    expected_version, health_routes, object, parent_key, rules_of, value_of,
};

/// Who changed what, and when.
pub mod audit {
    pub use restwell_audit::*;
    pub use restwell_views::{AuditLog, EntrySerializer};
}

/// Users, passwords and tokens.
pub mod auth {
    pub use crate::auth_views::AuthRoutes;
    pub use restwell_auth::*;
    pub use restwell_macros::UserModel;
}

/// Many rows in one request.
pub mod bulk {
    pub use restwell_bulk::*;
    pub use restwell_views::{Extension, Extensions};
}

/// The data layer.
pub mod db {
    pub use restwell_db::*;
}

/// What happens, told to whoever wants to know.
pub mod events {
    pub use restwell_events::*;
}

/// What a query string may ask of a list.
pub mod filters {
    pub use restwell_filters::*;
}

/// Requests that clients may send again without doing again what they do.
pub mod idempotency {
    pub use restwell_idempotency::*;
}

/// How lists are cut into pages.
pub mod pagination {
    pub use restwell_pagination::*;
}

/// Who may do what.
pub mod permissions {
    pub use restwell_permissions::*;
}

/// What clients see of rows, and what they may say about them.
pub mod serializers {
    pub use restwell_serializers::*;
}

/// How often somebody may make requests.
pub mod throttling {
    pub use restwell_throttling::*;
}

/// What a feature module needs.
pub mod prelude {
    pub use crate::bulk::{Bulk, Extensions, OnConflict};
    pub use crate::filters::{
        Contains, Date, EndsWith, Exact, Gt, Gte, IContains, IEndsWith, IExact, IStartsWith, In,
        IsNull, Lt, Lte, Month, Range, Search, StartsWith, Year,
    };
    pub use crate::pagination::{ByParameter, Cursor, LimitOffset, NoPagination, PageNumber};
    pub use crate::permissions::{
        Permission, Rule, allow_any, deny_all, grants, has_role, is_authenticated,
        is_authenticated_or_read_only, is_owner, is_staff, is_superuser, read_only, when,
    };
    pub use crate::{
        Action, ApiError, Attrs, Base, Changes, Choices, Context, Error, Field, FieldErrors,
        InputOf, Invalid, Model, Options, Patch, Q, QuerySet, Reply, Representation, Result,
        Router, StateMachine, Validated, View, ViewSet, body_of, parent_key, rules_of, serializer,
        slugify, value_of, viewset,
    };
    pub use restwell_db::relation::Relation;
    pub use restwell_db::{Average, Count, Maximum, Minimum, Sum};
}

/// What the code of the macros calls.
#[doc(hidden)]
pub mod __private {
    pub use restwell_auth::__private::*;
    pub use restwell_core::__private::*;
    pub use restwell_macros::serializer;
    pub use restwell_serializers::__private::*;
    pub use restwell_views::__private::*;
}
