//! What is written into the outbox.

use restwell_core::{Error, Result};
use restwell_db::{Context, Model as _};
use restwell_events::outbox::{Message, Outgoing, publish};
use restwell_events::{AfterSave, Events};
use restwell_testing::{TestDatabase, on_both_databases};
use serde_json::json;

use crate::desk::{Desk, Note, add, note};

/// Notes that are saved are published, one message for each.
fn publishing(db: TestDatabase) -> Desk {
    Desk::with(db, |_| {
        Events::new().required("publish", |cx, event: &AfterSave<Note>| {
            let message = |note: &Note| {
                let payload = json!({"title": note.title});
                Ok(Outgoing::new("note.saved", &payload)?.key(note.id))
            };
            let messages = event.rows.iter().map(|row| message(&row.new));
            publish(cx, messages.collect::<Result<Vec<_>>>()?)
        })
    })
}

fn waiting(cx: &mut Context) -> Vec<Message> {
    let messages = Message::objects().order_by([Message::F.id.asc()]);
    messages.load(cx).expect("messages")
}

on_both_databases! {
    with publishing;

    fn is_there_with_what_it_tells(desk) {
        let mut cx = desk.context();
        let rows = ["a", "b"].map(note).to_vec();
        Note::objects().create_many(&mut cx, rows).expect("notes");
        let request_id = cx.request().id.to_string();
        let messages = waiting(&mut cx);
        assert_eq!(messages.len(), 2);
        let first = &messages[0];
        assert_eq!((first.topic.as_str(), first.key.as_deref()), ("note.saved", Some("1")));
        assert_eq!(first.payload, json!({"title": "a"}));
        assert_eq!((&first.request_id, first.attempts), (&request_id, 0));
        assert_eq!((first.created_at, first.due_at), (cx.now(), cx.now()));
    }

    fn is_gone_with_what_is_undone(desk) {
        let mut cx = desk.context();
        let undone: Result<()> = cx.atomic(|cx| {
            add(cx, "a")?;
            assert_eq!(waiting(cx).len(), 1);
            Err(Error::business_rule("no", "No."))
        });
        assert!(undone.is_err());
        cx.atomic(|cx| {
            let undone: Result<()> = cx.atomic(|cx| {
                add(cx, "b")?;
                Err(Error::business_rule("no", "No."))
            });
            assert!(undone.is_err());
            add(cx, "c").map(drop)
        })
        .expect("a commit");
        assert_eq!(waiting(&mut cx)[0].payload, json!({"title": "c"}));
        assert_eq!(waiting(&mut cx).len(), 1);
    }

    fn is_written_in_a_transaction(desk) {
        let mut cx = desk.context();
        let loose = publish(&mut cx, [Outgoing::new("loose", &1).expect("JSON")]);
        assert_eq!(loose.expect_err("no transaction").status(), 500);
        cx.atomic(|cx| publish(cx, [])).expect("nothing");
        assert!(waiting(&mut cx).is_empty());
    }
}
