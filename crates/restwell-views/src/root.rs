//! The root of an API.

use restwell_core::{Action, Method};
use restwell_db::Context;
use restwell_permissions::Rule;

use crate::reply::member;
use crate::route::Route;
use crate::{Reply, View};

/// Answers with a link to each of the collections among `routes`, under its path: DRF's API root.
pub(crate) fn root(rule: Rule<()>, routes: &[Route]) -> View {
    let collections: Vec<String> = routes
        .iter()
        .filter(|route| is_collection(route))
        .map(|route| route.pattern.clone())
        .collect();
    View::new("api-root", rule).get(move |cx| Ok(Reply::data(links(cx, &collections))))
}

/// Below a row of another resource there are as many collections as rows.
fn is_collection(route: &Route) -> bool {
    route.methods.contains(&(Method::Get, Action::List)) && !route.pattern.contains('{')
}

fn links(cx: &Context, collections: &[String]) -> Vec<u8> {
    let here = cx.request().absolute_url("");
    let here = here.trim_end_matches('/');
    let mut out = vec![b'{'];
    for path in collections {
        if out.len() > 1 {
            out.push(b',');
        }
        let link = format!("{here}{path}");
        member(path.trim_matches('/'), Some(&link), &mut out);
    }
    out.push(b'}');
    out
}
