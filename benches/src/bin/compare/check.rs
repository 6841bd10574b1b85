//! Whether both programs answer alike.

use crate::Result;
use crate::client::Client;
use crate::endpoint::Endpoint;
use crate::server::Server;

/// Fails when the answers to a request differ in more than times and what is new by nature.
pub(crate) fn same_answers(servers: &[Server; 2], endpoint: &Endpoint) -> Result<()> {
    let request = endpoint.sample();
    let mut answers = Vec::new();
    for server in servers {
        let mut client = Client::connect(server.address)?;
        let response = client.send(&request)?;
        let body = str::from_utf8(response.body)?;
        if response.status != endpoint.status {
            return Err(format!("{}: {} {body}", endpoint.name, response.status).into());
        }
        let mut text = format!("{}\n", response.status);
        for name in ["content-type", "etag", "location", "x-request-id"] {
            text.push_str(&format!(
                "{name}: {}\n",
                response.header(name).unwrap_or_default()
            ));
        }
        text.push_str(body);
        answers.push(without_volatile(&text, endpoint.status == 201));
    }
    if answers[0] == answers[1] {
        return Ok(());
    }
    Err(format!(
        "the answers to {} differ:\n{}\n{}",
        endpoint.name, answers[0], answers[1]
    )
    .into())
}

/// The text with the time of the answer blank, and for a new row its times, slug and key too.
fn without_volatile(text: &str, is_new: bool) -> String {
    let mut text = blank(text, "\"timestamp\":\"");
    if is_new {
        for member in ["\"created_at\":\"", "\"updated_at\":\"", "\"slug\":\""] {
            text = blank(&text, member);
        }
        if let Some(id) = member(&text, "\"data\":{\"id\":\"") {
            text = text.replace(&id, "");
        }
        if let Some(tag) = member(&text, "etag: \"") {
            // The digest covers what is new by nature.
            let state = tag.rsplit_once('-').map_or("", |(state, _)| state);
            text = text.replace(&tag, state);
        }
        text = blank(&text, "\"id\":\"");
    }
    text
}

fn blank(text: &str, member: &str) -> String {
    let mut pieces = text.split(member);
    let mut out = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let end = piece.find('"').unwrap_or_default();
        out.push_str(member);
        out.push_str(&piece[end..]);
    }
    out
}

fn member(text: &str, start: &str) -> Option<String> {
    let (_, rest) = text.split_once(start)?;
    Some(rest.split('"').next()?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_new_by_nature_does_not_count() {
        let answer = |id: &str, time: &str| {
            let head = format!("location: /posts/{id}/\n{{\"timestamp\":\"{time}\",");
            format!(
                "{head}\"data\":{{\"id\":\"{id}\",\"title\":\"T\",\"created_at\":\"{time}\"}}}}"
            )
        };
        let [one, other] = [answer("id-1", "noon"), answer("id-2", "night")];
        assert_eq!(without_volatile(&one, true), without_volatile(&other, true));
        assert_ne!(
            without_volatile(&one, false),
            without_volatile(&other, false)
        );
    }
}
