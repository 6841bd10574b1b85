#![deny(warnings, missing_docs, missing_debug_implementations, unreachable_pub)]
#![deny(unused_qualifications, clippy::pedantic)]
#![allow(
    clippy::ptr_arg,
    clippy::unnecessary_wraps,
    clippy::unused_self,
    reason = "functions have the signatures that the macros ask for"
)]

//! Viewsets with everything that a viewset can have, and with as little as possible.

use restwell_core::{Access, Action, Method, Result};
use restwell_db::{Context, Q};
use restwell_macros::viewset;
use restwell_permissions::{Rule, allow_any, deny_all};
use restwell_views::{Actions, Base, NoInput, Options, Reply, ViewSet};

#[path = "ui/post.rs"]
mod post;

use post::{Post, PostSerializer};

/// Reads a post.
type PostInput = NoInput<Post>;

/// Shows a post in a list.
type PostLine = PostSerializer;

/// What all viewsets of the blog have in common.
#[derive(Debug)]
pub struct BlogBase;

impl Base for BlogBase {
    fn permission<M: restwell_db::Model>(feature: &'static str, _: Action) -> Rule<M> {
        match feature {
            "posts" => allow_any(),
            _ => deny_all(),
        }
    }
}

/// A viewset that only shows rows.
#[derive(Debug)]
pub struct Shown;

#[viewset(crate = restwell_views, read_only, base = BlogBase)]
impl ViewSet for Shown {
    type Model = Post;
    type Serializer = PostSerializer;
}

/// A viewset of which one reads what it creates.
#[derive(Debug)]
pub struct Written;

#[viewset(crate = restwell_views, except(destroy))]
impl ViewSet for Written {
    type Model = Post;
    type Serializer = PostSerializer;
    type Create = PostInput;
    type Base = BlogBase;
    const FEATURE: &'static str = "articles";
}

/// A viewset that states everything.
#[derive(Debug)]
pub struct Whole;

#[viewset(crate = restwell_views)]
impl ViewSet for Whole {
    type Model = Post;
    type Serializer = PostSerializer;
    type List = PostLine;
    type Create = PostInput;
    type Update = NoInput<Post>;
    type Base = ();
    const ACTIONS: Actions = Actions::ALL;

    fn options() -> Options<Post> {
        Options::new().require_version()
    }

    fn permission(&self, action: Action) -> Rule<Post> {
        if action.is("publish") {
            deny_all()
        } else {
            allow_any()
        }
    }

    fn scope(&self, _: &Context) -> Q<Post> {
        Q::all()
    }

    /// Makes the post public.
    #[allow(unused_variables, reason = "attributes stay with the function")]
    #[action(detail, methods = [get, post], url_path = "publish-now", name = "publish", throttle = "publish")]
    fn publish_it(&self, cx: &mut Context, post: Post) -> Result<Reply> {
        Reply::object::<<Self as ViewSet>::Serializer>(&post, cx)
    }

    #[action(detail, methods = [delete], url_path = "publish-now", atomic = false)]
    fn withdraw(&self, _cx: &mut Context, _post: Self::Model) -> Result<Reply> {
        assert_eq!(Self::ACTIONS, Self::ACTIONS.or(Actions::NONE));
        Ok(Reply::no_content())
    }

    #[action]
    fn summary(&self, cx: &mut Context) -> Result<Reply> {
        let rows = [Post::new(format!("{:?}", self.scope(cx)))];
        Reply::list::<Self::Serializer>(&rows, cx)
    }

    #[cfg(any())]
    #[action]
    fn of_another_build(&self, cx: &mut Context) -> Result<Reply> {
        nothing(cx)
    }
}

fn names<V: ViewSet>() -> (&'static str, &'static str) {
    (
        std::any::type_name::<V::Create>(),
        std::any::type_name::<V::Update>(),
    )
}

#[test]
fn viewsets_with_everything_compile() {
    let (create, update) = names::<Shown>();
    assert!(create.contains("NoInput") && update.contains("NoInput"));
    assert_eq!(Shown::ACTIONS, Actions::READ_ONLY);
    assert_eq!(Shown::FEATURE, "posts");
    assert_eq!(Shown.permission(Action::List).to_string(), "allow_any");
    assert_eq!(Written.permission(Action::List).to_string(), "deny_all");
    assert!(!Written::ACTIONS.contains(Action::Destroy));
    assert!(Written::ACTIONS.contains(Action::PartialUpdate));
    assert!(Written::extra_actions().is_empty());

    let extra = Whole::extra_actions();
    let names: Vec<_> = extra.iter().map(|action| action.name).collect();
    assert_eq!(names, ["publish", "withdraw", "summary"]);
    let paths: Vec<_> = extra.iter().map(|action| action.url_path).collect();
    assert_eq!(paths, ["publish-now", "publish-now", "summary"]);
    let atomic: Vec<_> = extra.iter().map(|action| action.atomic).collect();
    assert_eq!(atomic, [true, false, false]);
    assert_eq!(extra[0].throttle, Some("publish"));
    assert_eq!(extra[1].throttle, None);
    assert_eq!(extra[0].methods, [Method::Get, Method::Post]);
    assert_eq!(extra[2].action(), Action::Custom("summary", Access::Reads));
    assert!(extra[0].detail && !extra[2].detail);
}
