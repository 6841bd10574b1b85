//! The database refuses to change what is there.

use diesel::connection::SimpleConnection;
use restwell_testing::on_both_databases;

use crate::model::opened;

on_both_databases! {
    with opened;

    fn entries_are_neither_changed_nor_deleted(desk) {
        desk.note("one");
        let is_postgres = desk.context().dialect().expect("a connection").is_postgres();
        let mut attempts = vec![
            "UPDATE audit_log SET actor_id = '8'",
            "UPDATE audit_log SET hash = hash",
            "DELETE FROM audit_log",
            "DELETE FROM audit_log WHERE id = 1",
            "INSERT INTO audit_log (id, at, action, entity, entity_id, changes, hash) \
             SELECT id, at, 'update', entity, entity_id, changes, hash FROM audit_log WHERE true \
             ON CONFLICT (id) DO UPDATE SET action = 'update'",
        ];
        attempts.push(if is_postgres {
            "TRUNCATE audit_log"
        } else {
            "REPLACE INTO audit_log (id, at, action, entity, entity_id, changes, hash) \
             SELECT id, at, 'update', entity, entity_id, changes, hash FROM audit_log"
        });
        let before = desk.entries();
        for attempt in attempts {
            let attempt = if is_postgres {
                attempt.replace("changes, hash) SELECT", "changes, hash) OVERRIDING SYSTEM VALUE SELECT")
            } else {
                attempt.to_owned()
            };
            let mut cx = desk.context();
            let outcome = cx.connection().expect("a connection").batch_execute(&attempt);
            let error = outcome.expect_err(&attempt).to_string();
            assert!(error.contains("append-only"), "{attempt}: {error}");
        }
        assert_eq!(desk.entries(), before);
    }
}
