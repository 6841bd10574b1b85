//! From a request to its answer in the envelope.

use std::collections::BTreeMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::Hasher;

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, ETAG, LOCATION, WWW_AUTHENTICATE};
use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, SubsecRound, Utc};
use diesel::PgConnection;
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::app::Shared;
use crate::auth::{self, Caller};
use crate::failure::Failure;

const REQUEST_ID: &str = "x-request-id";

/// What a handler needs of a request, owned, so that it can cross into a worker thread.
pub(crate) struct Call {
    pub(crate) id: String,
    pub(crate) path: String,
    pub(crate) origin: String,
    if_none_match: Option<String>,
    pub(crate) now: DateTime<Utc>,
    authorization: Option<String>,
}

/// An answer, complete but for its request id.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) etag: Option<String>,
    pub(crate) location: Option<String>,
    pub(crate) body: Vec<u8>,
}

/// The members of an envelope before its data.
#[derive(Serialize)]
struct Success<'a> {
    success: bool,
    message: &'a str,
    #[serde(serialize_with = "crate::time::long")]
    timestamp: DateTime<Utc>,
    request_id: &'a str,
}

#[derive(Serialize)]
struct Refusal<'a> {
    success: bool,
    message: String,
    #[serde(serialize_with = "crate::time::long")]
    timestamp: DateTime<Utc>,
    request_id: &'a str,
    code: &'a str,
    errors: BTreeMap<&'a str, [&'a str; 1]>,
    details: Vec<Value>,
    data: Option<()>,
}

impl Call {
    fn of(request: &HttpRequest) -> Self {
        let header = |name: &str| Some(request.headers().get(name)?.to_str().ok()?.to_owned());
        let id = header(REQUEST_ID).filter(|id| is_request_id(id));
        let config = request.app_config();
        Self {
            id: id.unwrap_or_else(|| Uuid::now_v7().to_string()),
            path: request.path().to_owned(),
            origin: format!(
                "{}://{}",
                if config.secure() { "https" } else { "http" },
                header("host").as_deref().unwrap_or(config.host())
            ),
            if_none_match: header("if-none-match"),
            authorization: header("authorization"),
            now: Utc::now().trunc_subsecs(6),
        }
    }

    /// The answer, or 304 in its place when the client has it already.
    pub(crate) fn unless_known(&self, answer: Answer) -> Answer {
        let mut tags = self.if_none_match.iter().flat_map(|tags| tags.split(','));
        let is_known = tags.any(|tag| {
            let tag = tag.trim().trim_start_matches("W/");
            tag == "*" || Some(tag) == answer.etag.as_deref()
        });
        if !is_known {
            return answer;
        }
        Answer {
            status: StatusCode::NOT_MODIFIED,
            body: Vec::new(),
            ..answer
        }
    }

    /// The envelope around `data`.
    pub(crate) fn success(&self, message: &str, data: &impl Serialize) -> Result<Answer, Failure> {
        let (body, _) = self.envelope(message, data)?;
        Ok(Answer {
            status: StatusCode::OK,
            etag: None,
            location: None,
            body,
        })
    }

    /// The envelope around a row; `state` and what is shown of the row make its entity tag.
    pub(crate) fn row(
        &self,
        message: &str,
        state: &str,
        row: &impl Serialize,
    ) -> Result<Answer, Failure> {
        let (body, start) = self.envelope(message, row)?;
        let mut digest = DefaultHasher::new();
        digest.write(&body[start..body.len() - 1]);
        Ok(Answer {
            status: StatusCode::OK,
            etag: Some(format!("\"{state}-{:016x}\"", digest.finish())),
            location: None,
            body,
        })
    }

    /// The envelope around `data`, and where in it these begin; a brace is behind them.
    fn envelope(&self, message: &str, data: &impl Serialize) -> Result<(Vec<u8>, usize), Failure> {
        let head = Success {
            success: true,
            message,
            timestamp: self.now,
            request_id: &self.id,
        };
        let mut body = Vec::with_capacity(1_024);
        serde_json::to_writer(&mut body, &head).map_err(|_| Failure::Internal)?;
        body.pop();
        body.extend_from_slice(b",\"data\":");
        let start = body.len();
        serde_json::to_writer(&mut body, data).map_err(|_| Failure::Internal)?;
        body.push(b'}');
        Ok((body, start))
    }

    fn refusal(&self, failure: &Failure) -> HttpResponse {
        let none = BTreeMap::new();
        let fields = match failure {
            Failure::Invalid(fields) => fields,
            _ => &none,
        };
        let details = fields.iter().map(|(name, (code, message))| {
            json!({"pointer": format!("/{name}"), "code": code, "message": message})
        });
        let status = failure.status();
        let mut answer = HttpResponse::build(
            StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
        );
        if status == 401 {
            answer.insert_header((WWW_AUTHENTICATE, "Bearer realm=\"api\""));
        }
        answer.insert_header((REQUEST_ID, self.id.as_str()));
        answer.json(Refusal {
            success: false,
            message: failure.to_string(),
            timestamp: self.now,
            request_id: &self.id,
            code: failure.code(),
            errors: fields
                .iter()
                .map(|(name, (_, message))| (*name, [message.as_str()]))
                .collect(),
            details: details.collect(),
            data: None,
        })
    }
}

/// Answers with what `work` makes of the request and its caller, in one blocking job.
pub(crate) async fn answer<W>(
    shared: web::Data<Shared>,
    request: HttpRequest,
    work: W,
) -> HttpResponse
where
    W: FnOnce(&mut PgConnection, &Call, Option<Caller>, &Shared) -> Result<Answer, Failure>
        + Send
        + 'static,
{
    let call = Call::of(&request);
    let job = move || {
        let answer = run(&shared, &call, work);
        (answer, call)
    };
    match web::block(job).await {
        Ok((Ok(answer), call)) => send(answer, &call),
        Ok((Err(failure), call)) => call.refusal(&failure),
        Err(_) => Call::of(&request).refusal(&Failure::Unavailable),
    }
}

pub(crate) async fn unknown_route(request: HttpRequest) -> HttpResponse {
    Call::of(&request).refusal(&Failure::NotFound)
}

fn run<W>(shared: &Shared, call: &Call, work: W) -> Result<Answer, Failure>
where
    W: FnOnce(&mut PgConnection, &Call, Option<Caller>, &Shared) -> Result<Answer, Failure>,
{
    let mut connection = shared.pool.get()?;
    let authorization = call.authorization.as_deref();
    let caller = auth::caller(&mut connection, authorization, call.now, shared)?;
    work(&mut connection, call, caller, shared)
}

fn send(answer: Answer, call: &Call) -> HttpResponse {
    let mut response = HttpResponse::build(answer.status);
    response.insert_header((REQUEST_ID, call.id.as_str()));
    if let Some(etag) = answer.etag {
        response.insert_header((ETAG, etag));
    }
    if let Some(location) = answer.location {
        response.insert_header((LOCATION, location));
    }
    if answer.status == StatusCode::NOT_MODIFIED {
        return response.finish();
    }
    response.insert_header((CONTENT_TYPE, "application/json"));
    response.body(answer.body)
}

fn is_request_id(id: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    !id.is_empty() && id.len() <= 128 && id.bytes().all(is_plain)
}
