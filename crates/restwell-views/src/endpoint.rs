use restwell_core::{Action, Request, Result};
use restwell_db::{ColumnMeta, Context};

use crate::Reply;
use crate::declaration::Declared;
use crate::schemes::Schemes;

/// What runs the actions of routes, without its type: the pipeline is compiled once.
pub(crate) trait Endpoint: Send + Sync {
    /// The table whose rows it serves.
    fn table(&self) -> Option<&'static str> {
        None
    }

    /// Its own schemes of authentication, in place of the application's.
    fn schemes(&self) -> Option<&Schemes> {
        None
    }

    /// Whether it answers whatever host a request names.
    fn is_for_any_host(&self) -> bool {
        false
    }

    /// What is declared of its rows, where it has rows.
    fn declared(&self) -> Option<&dyn Declared> {
        None
    }

    /// What is declared of the rows that it is below, and the column that refers to them.
    fn parent(&self) -> Option<(&dyn Declared, &'static ColumnMeta)> {
        None
    }

    /// What a request stands for whose path and method say `action`.
    fn meant(&self, action: Action, _request: &Request) -> Action {
        action
    }

    /// How many bytes a body may have that an action takes from a file, if it takes this one so.
    fn streams(&self, _action: Action, _request: &Request) -> Option<u64> {
        None
    }

    /// Whether a request undoes in the end what it does: no idempotency key is used up by it.
    fn rehearses(&self, _action: Action, _request: &Request) -> bool {
        false
    }

    /// Refuses a request for what it says beside its body.
    fn check(&self, _action: Action, _cx: &mut Context) -> Result<()> {
        Ok(())
    }

    /// The scopes of the throttle that an action counts against besides the application's own
    /// rates; `None` where nothing is counted.
    fn throttled(&self, action: Action) -> Option<&[&'static str]>;

    /// The media type that an action answers with, when that is not JSON.
    fn renders(&self, _action: Action) -> Option<&'static str> {
        None
    }

    /// The scope of the throttle whose rates bound how often something fails here.
    fn attempts(&self) -> Option<&'static str> {
        None
    }

    /// Whether it signs cursors, and cannot do without a signer.
    fn signs_cursors(&self) -> bool {
        false
    }

    /// Whether all that an action writes is in one transaction, which can then be run again.
    fn atomic(&self, action: Action) -> bool;

    /// Whether an action that is done with POST accepts idempotency keys.
    fn idempotent(&self, action: Action) -> bool;

    /// Refuses an action that the principal may not do with any row.
    fn authorize(&self, action: Action, cx: &mut Context) -> Result<()>;

    /// Does it.
    fn run(&self, action: Action, cx: &mut Context) -> Result<Reply>;

    /// What `OPTIONS` answers at a route with these actions.
    fn metadata(&self, actions: &[Action], cx: &mut Context) -> Result<Reply>;

    /// The rule of an action, for listings; below a row of another resource also that of
    /// retrieving the row, which is in force whatever the method.
    fn rule(&self, action: Action) -> String;
}
