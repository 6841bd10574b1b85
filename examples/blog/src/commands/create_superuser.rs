use clap::Args;
use dialoguer::{Input, Password};
use restwell::auth::{Auth, UserModel};
use restwell::permissions::Rbac;
use restwell::prelude::*;
use restwell::serializers::{Mode, WriteSerializer, parse_one, validate};
use serde_json::json;

use super::{Outcome, tell};
use crate::users::{RegisterSerializer, User};
use crate::{Settings, app, users};

type RegisterInput = <RegisterSerializer as WriteSerializer>::Input;

/// Who the superuser is. What is missing is asked for; the password is read from the terminal or
/// from `SUPERUSER_PASSWORD`.
#[derive(Args, Debug)]
pub struct Options {
    /// The name to log in with.
    #[arg(long)]
    username: Option<String>,
    /// The address to log in with.
    #[arg(long)]
    email: Option<String>,
    /// The password.
    #[arg(long, env = "SUPERUSER_PASSWORD", hide_env_values = true)]
    password: Option<String>,
}

/// Creates the superuser.
pub(super) fn run(settings: &Settings, options: Options) -> Outcome {
    let username = given_or_asked(options.username, "Username")?;
    let email = given_or_asked(options.email, "Email address")?;
    let password = match options.password {
        Some(password) => password,
        None => Password::new()
            .with_prompt("Password")
            .with_confirmation("Once more", "The passwords differ.")
            .interact()?,
    };
    let mut cx = Context::detached(app::pool(settings)?);
    app::migrate(&mut cx)?;
    let body = json!({"username": username, "email": email, "password": password});
    let auth = users::auth(settings, &Rbac::new())?;
    let user = create(&mut cx, &auth, body.to_string().as_bytes()).map_err(in_words)?;
    tell(&format!("Created the superuser {}.", user.username));
    Ok(())
}

fn given_or_asked(given: Option<String>, prompt: &str) -> dialoguer::Result<String> {
    match given {
        Some(given) => Ok(given),
        None => Input::new().with_prompt(prompt).interact_text(),
    }
}

/// A superuser is held to the rules of everybody who registers.
fn create(cx: &mut Context, auth: &Auth<User>, body: &[u8]) -> Result<User> {
    let draft = parse_one::<RegisterInput>(body)?;
    let outcome = validate(vec![draft], &[None], Mode::Create, cx)?.pop();
    let mut user = outcome.ok_or_else(Error::not_found)??;
    User::validate_login(user.changes())?;
    let password = user.get(User::F.password).unwrap_or_default();
    let attributes = User::attributes_of(user.changes());
    let hash = auth.hash_new(cx, "password", &password, &attributes)?;
    user.set(User::F.password, hash);
    user.set(User::F.is_active, true);
    user.set(User::F.is_staff, true);
    user.set(User::F.is_superuser, true);
    user.save(cx)
}

/// What is wrong with which option, each on a line.
fn in_words(error: Error) -> Box<dyn std::error::Error> {
    let found = error.fields().iter().map(|error| {
        let name = error.path.pointer();
        format!("{}: {}", name.trim_start_matches('/'), error.message)
    });
    let found: Vec<String> = found.collect();
    if found.is_empty() {
        error.into()
    } else {
        found.join("\n  ").into()
    }
}
