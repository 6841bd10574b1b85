use restwell_db::Context;
use restwell_permissions::Decision;
use restwell_views::Declaration;

use super::case::Place;
use super::subject::Subject;

/// What is declared of one request.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Expected {
    Refused { status: u16, why: &'static str },
    Allowed,
}

impl Expected {
    /// Asks the rule, the scope above, the rule above, the scope and the rule with the row.
    pub(super) fn of(declaration: &Declaration<'_>, subject: &Subject<'_>, place: &Place) -> Self {
        let Some(mut cx) = subject.context(declaration) else {
            return Self::Refused {
                status: 401,
                why: "the credentials are not for this route",
            };
        };
        let cx = &mut cx;
        if declaration.decide(cx).expect("a decision") == Decision::Deny {
            return Self::refused(cx, "the rule allows it on no row");
        }
        if let Some(parent) = &place.parent {
            match declaration.parent(parent, cx).expect("a decision") {
                None => return Self::missing("the row above is out of scope"),
                Some(Decision::Allow) => {}
                Some(_) => return Self::refused(cx, "the row above may not be retrieved"),
            }
        }
        // The metadata of a row that is not there is that of any row.
        let key = place.key.as_ref().filter(|_| !place.is_metadata);
        if let Some(key) = key {
            match declaration.row(key, cx).expect("a decision") {
                None => return Self::missing("the row is out of scope"),
                Some(Decision::Allow) => {}
                Some(_) => return Self::refused(cx, "the rule does not allow it on the row"),
            }
        }
        Self::Allowed
    }

    fn refused(cx: &Context, why: &'static str) -> Self {
        let status = if cx.principal().is_authenticated() {
            403
        } else {
            401
        };
        Self::Refused { status, why }
    }

    fn missing(why: &'static str) -> Self {
        Self::Refused { status: 404, why }
    }
}
