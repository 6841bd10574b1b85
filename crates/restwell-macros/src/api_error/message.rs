//! Public messages, in which `{name}` stands for a field.

use syn::{LitStr, Member};

use crate::error::Errors;

/// A field that a message can name, by its name or number.
pub(super) struct Named {
    pub(super) member: Member,
    pub(super) public: bool,
}

/// The message for `format!`, where `__N` stands for field number N of those that it shows.
pub(super) struct Message {
    pub(super) format: String,
    pub(super) shown: Vec<Member>,
}

/// Reads `message`. A field that is not public is refused: what a client reads is declared.
pub(super) fn parse(message: &LitStr, fields: &[Named], errors: &mut Errors) -> Option<Message> {
    let text = message.value();
    let (mut format, mut shown) = (String::new(), Vec::new());
    let mut rest = text.as_str();
    while let Some(at) = rest.find(['{', '}']) {
        format.push_str(&rest[..at]);
        let brace = &rest[at..=at];
        rest = &rest[at + 1..];
        if let Some(behind) = rest.strip_prefix(brace) {
            format.push_str(&brace.repeat(2));
            rest = behind;
            continue;
        }
        let end = rest.find('}').filter(|_| brace == "{");
        let Some(end) = end else {
            errors.add(
                message,
                format!("a lone `{brace}` in a message is written `{brace}{brace}`"),
            );
            return None;
        };
        let member = field(&rest[..end], message, fields, errors)?;
        let place = shown.iter().position(|known| *known == member);
        let place = place.unwrap_or_else(|| {
            shown.push(member);
            shown.len() - 1
        });
        format.push_str(&format!("{{__{place}}}"));
        rest = &rest[end + 1..];
    }
    format.push_str(rest);
    Some(Message { format, shown })
}

fn field(name: &str, message: &LitStr, fields: &[Named], errors: &mut Errors) -> Option<Member> {
    let text = |member: &Member| match member {
        Member::Named(ident) => ident.to_string(),
        Member::Unnamed(index) => index.index.to_string(),
    };
    let Some(named) = fields.iter().find(|field| text(&field.member) == name) else {
        errors.add(
            message,
            format!("`{{{name}}}` is no field; a message names fields as `{{name}}` or `{{0}}`"),
        );
        return None;
    };
    if !named.public {
        errors.add(
            message,
            format!(
                "the field `{name}` is not public; mark it `#[api_error(public)]` if clients may read it"
            ),
        );
        return None;
    }
    Some(named.member.clone())
}
