//! Bodies that are a few texts.

use std::fmt;
use std::marker::PhantomData;

use restwell_auth::UserModel;
use restwell_core::{FieldErrors, Patch, Result};
use restwell_db::Context;
use restwell_serializers::input::{Sink, Writes};
use restwell_serializers::{
    Attrs, Draft, FieldKind, FieldMeta, Input, InputField, Mode, Unknown, WriteSerializer,
};
use serde::de::Deserializer;

/// Which texts a body has.
pub(super) trait Shape: Send + Sync + 'static {
    /// The texts.
    const FIELDS: &'static [FieldMeta];

    /// What is wrong with the body as a whole.
    fn check(_given: &dyn Fn(usize) -> bool, _errors: &mut FieldErrors) {}
}

const fn text(name: &'static str) -> FieldMeta {
    FieldMeta::new(name, FieldKind::String)
}

/// What somebody logs in with.
pub(super) struct Credentials;

impl Credentials {
    const USERNAME: usize = 0;
    const EMAIL: usize = 1;
    const PASSWORD: usize = 2;

    /// The username or else the mail address, and the password.
    pub(super) fn of<U>(body: &Body<Self, U>) -> (&str, &str) {
        let login = body.get(Self::USERNAME);
        let login = login.unwrap_or_else(|| body.text(Self::EMAIL));
        (login, body.text(Self::PASSWORD))
    }
}

impl Shape for Credentials {
    const FIELDS: &'static [FieldMeta] = &[
        text("username").optional(),
        text("email").optional(),
        text("password").untrimmed(),
    ];

    fn check(given: &dyn Fn(usize) -> bool, errors: &mut FieldErrors) {
        let is_named = given(Self::USERNAME) || given(Self::EMAIL);
        if !is_named && !errors.contains("username") && !errors.contains("email") {
            errors.add("username", "required", "This field is required.");
        }
    }
}

/// A refresh token.
pub(super) struct Refresh;

impl Refresh {
    pub(super) const REFRESH: usize = 0;
}

impl Shape for Refresh {
    const FIELDS: &'static [FieldMeta] = &[text("refresh")];
}

/// The old and the new password.
pub(super) struct Passwords;

impl Passwords {
    pub(super) const OLD: usize = 0;
    pub(super) const NEW: usize = 1;
}

impl Shape for Passwords {
    const FIELDS: &'static [FieldMeta] = &[
        text("old_password").untrimmed(),
        text("new_password").untrimmed(),
    ];
}

/// Where to send a token for a new password.
pub(super) struct Address;

impl Address {
    pub(super) const EMAIL: usize = 0;
}

impl Shape for Address {
    const FIELDS: &'static [FieldMeta] = &[text("email")];
}

/// That token, and the new password.
pub(super) struct Reset;

impl Reset {
    pub(super) const TOKEN: usize = 0;
    pub(super) const NEW: usize = 1;
}

impl Shape for Reset {
    const FIELDS: &'static [FieldMeta] = &[text("token"), text("new_password").untrimmed()];
}

/// A body of shape `S`. It writes nothing; `U` stands for the model that an input must have.
pub(super) struct Body<S, U> {
    texts: Vec<Patch<String>>,
    types: PhantomData<fn() -> (S, U)>,
}

/// Shows no password and no token.
impl<S, U> fmt::Debug for Body<S, U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Body")
    }
}

impl<S: Shape, U> Default for Body<S, U> {
    fn default() -> Self {
        Self {
            texts: S::FIELDS.iter().map(|_| Patch::Absent).collect(),
            types: PhantomData,
        }
    }
}

impl<S, U> Body<S, U> {
    /// Text number `field`, if it was given.
    pub(super) fn get(&self, field: usize) -> Option<&str> {
        self.texts[field].value().map(String::as_str)
    }

    /// Text number `field`, which is required.
    pub(super) fn text(&self, field: usize) -> &str {
        self.get(field).unwrap_or_default()
    }
}

impl<S: Shape, U: UserModel> WriteSerializer for Body<S, U> {
    type Input = Self;
}

impl<S: Shape, U: UserModel> Input for Body<S, U> {
    type Model = U;
    const FIELDS: &'static [FieldMeta] = S::FIELDS;
    const UNKNOWN: Unknown = Unknown::Ignore;

    fn read<'de, D: Deserializer<'de>>(
        &mut self,
        field: usize,
        value: D,
        errors: &mut FieldErrors,
    ) -> Result<(), D::Error> {
        let meta = &S::FIELDS[field];
        self.texts[field] = String::read(value, meta, &mut Sink::new(errors, meta.name))?;
        Ok(())
    }

    fn is_supplied(&self, field: usize) -> bool {
        self.texts[field].is_supplied()
    }

    fn forget(&mut self, field: usize) {
        self.texts[field] = Patch::Absent;
    }

    fn check(&mut self, _: Mode, _: &mut Context, errors: &mut FieldErrors) -> Result<()> {
        S::check(&|field| self.get(field).is_some(), errors);
        Ok(())
    }

    fn resolve(_: &mut [Draft<Self>], _: &mut Context) -> Result<()> {
        Ok(())
    }

    fn writes(&self, _: Mode, _: &mut Context) -> Result<Writes<U>> {
        Ok(Writes::default())
    }

    fn validate(_: &Attrs<'_, Self>, _: &mut Context) -> Result<()> {
        Ok(())
    }
}
