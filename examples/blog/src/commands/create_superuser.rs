use clap::Args;
use restwell::auth::{UserAttributes, UserModel};
use restwell::permissions::Rbac;
use restwell::prelude::*;

use super::{Outcome, tell};
use crate::users::User;
use crate::{Settings, app, users};

/// Who the superuser is. What is missing is asked for; the password is read from the terminal or
/// from `SUPERUSER_PASSWORD`.
#[derive(Args, Debug)]
pub struct Options {
    /// The name to log in with.
    #[arg(long)]
    username: String,
    /// The address to log in with.
    #[arg(long)]
    email: String,
    /// The password.
    #[arg(long, env = "SUPERUSER_PASSWORD", hide_env_values = true)]
    password: Option<String>,
}

/// Creates the superuser.
pub(super) fn run(settings: &Settings, options: Options) -> Outcome {
    let password = match options.password {
        Some(password) => password,
        None => dialoguer::Password::new()
            .with_prompt("Password")
            .with_confirmation("Once more", "The passwords differ.")
            .interact()?,
    };
    let mut cx = Context::detached(app::pool(settings)?);
    app::migrate(&mut cx)?;
    let attributes = UserAttributes::new()
        .with("username", options.username.as_str())
        .with("email address", options.email.as_str());
    let auth = users::auth(settings, &Rbac::new())?;
    let hash = auth.hash_new(&cx, "password", &password, &attributes)?;
    let changes = Changes::new()
        .with(User::F.username, options.username.as_str())
        .with(User::F.email, options.email.as_str())
        .with(User::F.password, hash)
        .with(User::F.is_staff, true)
        .with(User::F.is_superuser, true)
        .with(User::F.date_joined, cx.now());
    User::validate_login(&changes).map_err(Error::from)?;
    let user = User::objects().create(&mut cx, changes)?;
    tell(&format!("Created the superuser {}.", user.username));
    Ok(())
}
