//! Requests that a client may send again without doing again what they do.

use std::borrow::Cow;
use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use crate::{Error, Principal, Request, Result};

/// Keeps the answers of requests with an `Idempotency-Key`, in the transactions of what they do.
///
/// `C` is the context of a request.
#[diagnostic::on_unimplemented(
    message = "`{Self}` keeps no answers",
    note = "use `restwell::idempotency::IdempotencyKeys`, or implement `IdempotencyStore`"
)]
pub trait IdempotencyStore<C>: Send + Sync + 'static {
    /// Claims the key in the open transaction, or finds the answer that was kept under it.
    ///
    /// # Errors
    /// 409 while another request with the key is being answered; 422 when it was used for another
    /// request.
    fn claim(&self, cx: &mut C, claim: &Claim) -> Result<Option<KeptAnswer>>;

    /// Keeps the answer to a request whose claim was good, in the same transaction.
    ///
    /// # Errors
    /// 503 when it cannot be kept.
    fn keep(&self, cx: &mut C, claim: &Claim, answer: &KeptAnswer) -> Result<()>;
}

/// An answer in its finished bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptAnswer {
    /// The status.
    pub status: u16,
    /// The media type of the body.
    pub content_type: String,
    /// The other headers.
    pub headers: Vec<(String, String)>,
    /// The body; `None` for an answer that has none.
    pub body: Option<Vec<u8>>,
}

/// What a request with an `Idempotency-Key` claims: the key belongs to the principal, the method
/// and the path, and stands for one query and body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    id: String,
    number: i64,
    fingerprint: String,
}

impl Claim {
    /// The longest key.
    const LONGEST: usize = 255;

    /// The claim of a request; `None` without the header `Idempotency-Key`.
    ///
    /// The key is a string of RFC 8941 §3.3.3 (`"8e03978e"`), as the draft of the header has it, or
    /// the same without the quotation marks, as most clients send it: 1 to 255 visible ASCII
    /// characters or spaces, without `"`, `\`, and, where it is not quoted, without `,`, `;` and
    /// spaces.
    ///
    /// Callers without credentials are told apart by their addresses.
    ///
    /// # Errors
    /// 400 `invalid_idempotency_key`.
    pub fn of(request: &Request, principal: &Principal) -> Result<Option<Self>> {
        let mut keys = request.headers.get_all("idempotency-key");
        let Some(key) = keys.next() else {
            return Ok(None);
        };
        let key = match keys.next() {
            None => parse(key),
            Some(_) => None,
        };
        let key = key.ok_or_else(invalid)?;
        let caller = match principal.key() {
            Some(key) => format!("user {key}"),
            None => format!("address {:?}", request.client),
        };
        let digest = digest(&[
            caller.as_bytes(),
            request.method.as_str().as_bytes(),
            // Both forms of a path are the same route.
            request.path.trim_end_matches('/').as_bytes(),
            key.as_bytes(),
        ]);
        let query = format!("{:?}", request.query);
        let mut number = [0; 8];
        number.copy_from_slice(&digest[..8]);
        // A body in a file stands here by its digest.
        let body = match &request.spool {
            None => Cow::Borrowed(request.body.as_slice()),
            Some(spool) => {
                let digest = spool.digest();
                Cow::Owned(digest.map_err(|error| Error::unavailable().with_source(error))?)
            }
        };
        Ok(Some(Self {
            id: hex(&digest),
            number: i64::from_be_bytes(number),
            fingerprint: hex(&self::digest(&[query.as_bytes(), &body])),
        }))
    }

    /// What tells claims apart: 64 hexadecimal digits.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The same as a number, for locks.
    pub fn number(&self) -> i64 {
        self.number
    }

    /// What tells requests apart: 64 hexadecimal digits.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }
}

fn parse(text: &str) -> Option<&str> {
    let quoted = text
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    let allowed = |c: char| match c {
        '"' | '\\' => false,
        ' ' | ',' | ';' => quoted.is_some(),
        c => c.is_ascii_graphic(),
    };
    let key = quoted.unwrap_or(text);
    let fits = (1..=Claim::LONGEST).contains(&key.len());
    (fits && key.chars().all(allowed)).then_some(key)
}

fn invalid() -> Error {
    Error::new(
        400,
        "invalid_idempotency_key",
        "The header Idempotency-Key must stand once and have 1 to 255 printable ASCII characters.",
    )
}

/// Each part with its length before it: no two lists of parts look the same.
fn digest(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Identity, Method, RequestId};

    fn request(key: &str) -> Request {
        let mut request = Request::new(Method::Post, "/posts/");
        request.headers.add("idempotency-key", key);
        request.body = b"{}".to_vec();
        request
    }

    fn claim(request: &Request) -> Claim {
        let claim = Claim::of(request, &Principal::Anonymous);
        claim.expect("a key that is right").expect("a key")
    }

    #[test]
    fn a_key_has_a_form() {
        for good in [
            "a",
            "8e03978e-40d5",
            "\"with space, and; more\"",
            &"x".repeat(255),
        ] {
            assert!(
                Claim::of(&request(good), &Principal::Anonymous).is_ok(),
                "{good}"
            );
        }
        for bad in [
            "",
            "\"",
            "\"\"",
            "a b",
            "a,b",
            "a\"b",
            "\"a\\\"",
            "é",
            "\"a\";p=1",
            &"x".repeat(256),
        ] {
            let refused = Claim::of(&request(bad), &Principal::Anonymous).unwrap_err();
            assert_eq!(refused.status(), 400, "{bad}");
            assert!(refused.message().contains("Idempotency-Key"));
        }
        let mut twice = request("a");
        twice.headers.add("idempotency-key", "a");
        assert!(Claim::of(&twice, &Principal::Anonymous).is_err());
    }

    #[test]
    fn quotation_marks_are_no_part_of_a_key() {
        assert_eq!(claim(&request("a")), claim(&request("\"a\"")));
    }

    #[test]
    fn a_key_belongs_to_caller_method_and_path() {
        let own = claim(&request("a"));
        let mut other = request("a");
        other.path = "/posts".to_owned();
        assert_eq!(claim(&other), own);
        other.path = "/tags/".to_owned();
        assert_ne!(claim(&other).id(), own.id());
        let mut other = request("a");
        other.client = Some([127, 0, 0, 1].into());
        assert_ne!(claim(&other).id(), own.id());
        let user = Principal::User(Identity::new(1_i64, "ann").into());
        let of_user = Claim::of(&request("a"), &user).unwrap().unwrap();
        assert_ne!(of_user.id(), own.id());
        assert_eq!(of_user.fingerprint(), own.fingerprint());
    }

    #[test]
    fn the_body_and_the_query_are_the_request() {
        let own = claim(&request("a"));
        let mut other = request("a");
        other.body.push(b' ');
        assert_eq!(claim(&other).id(), own.id());
        assert_ne!(claim(&other).fingerprint(), own.fingerprint());
        let spooled = |text: &str| {
            use std::io::Write as _;
            let path = std::env::temp_dir().join(RequestId::generate().as_str());
            let mut file = std::fs::File::create_new(&path).unwrap();
            file.write_all(text.as_bytes()).unwrap();
            let mut other = request("a");
            other.spool = Some(crate::Spool::new(std::fs::File::open(&path).unwrap()));
            std::fs::remove_file(path).unwrap();
            claim(&other).fingerprint().to_owned()
        };
        assert_eq!(spooled("one"), spooled("one"));
        assert_ne!(spooled("one"), spooled("two"));
        let mut other = request("a");
        other.query = crate::QueryString::parse("fields=id").unwrap();
        assert_ne!(claim(&other).fingerprint(), own.fingerprint());
    }
}
