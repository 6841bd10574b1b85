//! Who makes a request.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use crate::Key;

/// Who makes a request, as the authenticator found it.
#[derive(Clone, Debug, Default)]
pub enum Principal {
    /// Nobody presented credentials.
    #[default]
    Anonymous,
    /// An authenticated user.
    User(Arc<Identity>),
}

impl Principal {
    /// The authenticated user, if there is one.
    pub fn identity(&self) -> Option<&Identity> {
        match self {
            Self::Anonymous => None,
            Self::User(identity) => Some(identity),
        }
    }

    /// Whether somebody is authenticated.
    pub fn is_authenticated(&self) -> bool {
        self.identity().is_some()
    }

    /// The key of the authenticated user.
    pub fn key(&self) -> Option<&Key> {
        self.identity().map(|identity| &identity.key)
    }

    /// Whether the user has the role `name`.
    pub fn has_role(&self, name: &str) -> bool {
        self.identity()
            .is_some_and(|identity| identity.roles.iter().any(|role| role == name))
    }

    /// Whether the user is a superuser, for whom every rule about roles and grants holds.
    pub fn is_superuser(&self) -> bool {
        self.identity()
            .is_some_and(|identity| identity.is_superuser)
    }
}

/// What restwell needs to know of an authenticated user, and whatever the application adds.
#[derive(Clone)]
pub struct Identity {
    /// The primary key of the user.
    pub key: Key,
    /// The name to show in listings and logs.
    pub username: String,
    /// Whether the user may enter staff areas.
    pub is_staff: bool,
    /// Whether every rule about roles and grants holds for the user.
    pub is_superuser: bool,
    /// The names of the user's roles.
    pub roles: Vec<String>,
    extra: Option<Arc<dyn Any + Send + Sync>>,
}

impl Identity {
    /// A user without roles or privileges.
    pub fn new(key: impl Into<Key>, username: impl Into<String>) -> Self {
        Self {
            key: key.into(),
            username: username.into(),
            is_staff: false,
            is_superuser: false,
            roles: Vec::new(),
            extra: None,
        }
    }

    /// Attaches a value of the application's own, usually the row of the user.
    #[must_use]
    pub fn with<T: Any + Send + Sync>(mut self, extra: T) -> Self {
        self.extra = Some(Arc::new(extra));
        self
    }

    /// The attached value, if it is of type `T`.
    pub fn get<T: Any>(&self) -> Option<&T> {
        self.extra.as_deref()?.downcast_ref()
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity")
            .field("key", &self.key)
            .field("username", &self.username)
            .field("roles", &self.roles)
            .finish_non_exhaustive()
    }
}
