//! Transactions, and what waits for their end.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use restwell_core::{Error, Result};
use restwell_db::{Changes, Context, Model};

use crate::model::{Post, Tag, make_posts};

fn add(cx: &mut Context, name: &str) -> Result<Tag> {
    Tag::objects().create(cx, Changes::new().with(Tag::F.name, name))
}

fn names(cx: &mut Context) -> Vec<String> {
    let tags = Tag::objects().order_by([Tag::F.name.asc()]);
    tags.values(Tag::F.name, cx).expect("names")
}

fn fail<T>() -> Result<T> {
    Err(Error::business_rule("no", "No."))
}

/// Runs the effects of `cx` and returns the sum of the numbers that they stand for.
fn effects(cx: &mut Context, sum: &AtomicUsize) -> usize {
    for effect in cx.take_effects() {
        effect();
    }
    sum.swap(0, Ordering::SeqCst)
}

/// An effect that stands for `number`.
fn effect(sum: &Arc<AtomicUsize>, number: usize) -> impl FnOnce() + Send + 'static {
    let sum = Arc::clone(sum);
    move || {
        sum.fetch_add(number, Ordering::SeqCst);
    }
}

on_both! {
    fn a_transaction_is_kept_or_undone(db: &Database) {
        let mut cx = db.context();
        let made = cx.atomic(|cx| {
            assert!(cx.in_transaction());
            add(cx, "kept")
        });
        assert_eq!(made.expect("a commit").name, "kept");
        assert!(!cx.in_transaction());
        let error = cx.atomic(|cx| {
            add(cx, "undone")?;
            fail::<()>()
        });
        assert_eq!(error.expect_err("a rollback").code(), "no");
        assert_eq!(names(&mut cx), ["kept"]);
        assert_eq!(names(&mut db.context()), ["kept"]);
    }

    fn a_panic_undoes_the_transaction(db: &Database) {
        let mut cx = db.context();
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            cx.atomic(|cx| {
                add(cx, "outer").expect("a tag");
                let inner = catch_unwind(AssertUnwindSafe(|| {
                    cx.atomic::<()>(|cx| {
                        add(cx, "inner").expect("a tag");
                        panic!("inside")
                    })
                }));
                assert!(inner.is_err());
                assert_eq!(names(cx), ["outer"]);
                panic!("outside");
                #[allow(unreachable_code, reason = "gives the closure its type")]
                Ok(())
            })
        }));
        assert!(outcome.is_err());
        assert!(!cx.in_transaction());
        assert_eq!(names(&mut cx), [""; 0]);
        add(&mut cx, "after").expect("a usable connection");
    }

    fn savepoints_that_no_statement_has_set_are_undone_with_the_first_that_fails(db: &Database) {
        let mut cx = db.context();
        cx.atomic(|cx| {
            add(cx, "first")?;
            let inner = cx.atomic(|cx| cx.atomic(|cx| cx.atomic(|cx| add(cx, "first"))));
            assert_eq!(inner.expect_err("a name twice").status(), 400);
            cx.atomic(|cx| {
                cx.atomic(|_| Ok(()))?;
                assert!(cx.atomic(|_| fail::<()>()).is_err());
                let twice = cx.atomic(|cx| add(cx, "first"));
                assert!(twice.is_err());
                add(cx, "second")
            })
        })
        .expect("a transaction that goes on");
        assert_eq!(Tag::objects().count(&mut cx).expect("a count"), 2);
    }

    fn a_savepoint_is_undone_alone(db: &Database) {
        let mut cx = db.context();
        cx.atomic(|cx| {
            add(cx, "first")?;
            let inner = cx.atomic(|cx| {
                add(cx, "second")?;
                let twice = cx.atomic(|cx| add(cx, "first"));
                assert_eq!(twice.expect_err("a name twice").status(), 400);
                add(cx, "third")?;
                fail::<()>()
            });
            assert!(inner.is_err());
            cx.atomic(|cx| add(cx, "fourth"))?;
            Ok(())
        })
        .expect("a commit");
        assert_eq!(names(&mut cx), ["first", "fourth"]);
    }

    fn a_failure_that_is_passed_over_is_no_commit(db: &Database) {
        let mut cx = db.context();
        let sum = Arc::default();
        add(&mut cx, "taken").expect("a tag");
        let outcome = cx.atomic(|cx| {
            add(cx, "new")?;
            cx.on_commit(effect(&sum, 1));
            let _passed_over = add(cx, "taken");
            Ok(())
        });
        // PostgreSQL undoes such a transaction; SQLite undoes the statement alone.
        let kept = names(&mut cx).contains(&"new".to_owned());
        assert_eq!(outcome.is_ok(), kept);
        assert_eq!(effects(&mut cx, &sum), usize::from(kept));
        assert!(!cx.in_transaction());
        add(&mut cx, "after").expect("a usable connection");
    }

    fn a_rehearsal_leaves_no_trace(db: &Database) {
        let mut cx = db.context();
        let sum = Arc::default();
        let made = cx.rehearse(|cx| {
            cx.on_commit(effect(&sum, 1));
            add(cx, "x")
        });
        assert_eq!(made.expect("a result").name, "x");
        assert!(cx.rehearse(|_| fail::<()>()).is_err());
        assert_eq!(names(&mut cx), [""; 0]);
        assert_eq!(effects(&mut cx, &sum), 0);
    }

    fn effects_wait_for_the_outermost_commit(db: &Database) {
        let mut cx = db.context();
        let sum: Arc<AtomicUsize> = Arc::default();
        cx.on_commit(effect(&sum, 1));
        assert_eq!(effects(&mut cx, &sum), 1);
        cx.atomic(|cx| {
            cx.on_commit(effect(&sum, 2));
            cx.atomic(|cx| {
                cx.on_commit(effect(&sum, 4));
                Ok(())
            })?;
            assert_eq!(effects(cx, &sum), 0);
            let undone = cx.atomic(|cx| {
                cx.on_commit(effect(&sum, 8));
                cx.atomic(|cx| {
                    cx.on_commit(effect(&sum, 16));
                    Ok(())
                })?;
                fail::<()>()
            });
            assert!(undone.is_err());
            cx.on_commit(effect(&sum, 32));
            Ok(())
        })
        .expect("a commit");
        assert_eq!(effects(&mut cx, &sum), 2 + 4 + 32);
        assert!(cx.take_effects().is_empty());
        let undone = cx.atomic(|cx| {
            cx.on_commit(effect(&sum, 64));
            fail::<()>()
        });
        assert!(undone.is_err());
        assert_eq!(effects(&mut cx, &sum), 0);
    }

    fn effects_that_nobody_took_are_done_at_the_end(db: &Database) {
        let sum = Arc::new(AtomicUsize::new(0));
        let mut cx = db.context();
        cx.on_commit(effect(&sum, 1));
        cx.on_commit(|| panic!("an effect that panics"));
        let next = cx.successor();
        cx.atomic(|cx| {
            let sum = Arc::clone(&sum);
            cx.on_commit(move || {
                let mut next = next;
                add(&mut next, "later").expect("a connection");
                next.on_commit(effect(&sum, 2));
            });
            Ok(())
        })
        .expect("a commit");
        let undone = cx.atomic(|cx| {
            cx.on_commit(effect(&sum, 4));
            fail::<()>()
        });
        assert!(undone.is_err());
        assert_eq!(sum.load(Ordering::SeqCst), 0);
        drop(cx);
        assert_eq!(sum.load(Ordering::SeqCst), 1 + 2);
        assert_eq!(names(&mut db.context()), ["later"]);
    }

    fn a_commit_that_fails_leaves_no_effects(db: &Database) {
        db.execute(
            "CREATE TABLE late (tag_id BIGINT REFERENCES tags (id) DEFERRABLE INITIALLY DEFERRED)",
        );
        let mut cx = db.context();
        let sum = Arc::default();
        let outcome = cx.atomic(|cx| {
            add(cx, "x")?;
            cx.on_commit(effect(&sum, 1));
            let connection = cx.connection()?;
            diesel::connection::SimpleConnection::batch_execute(
                connection,
                "INSERT INTO late (tag_id) VALUES (99)",
            )?;
            Ok(())
        });
        let error = outcome.expect_err("a reference to nothing");
        assert_eq!(error.status(), 400);
        assert!(!cx.in_transaction());
        assert_eq!(effects(&mut cx, &sum), 0);
        assert_eq!(names(&mut cx), [""; 0]);
        cx.atomic(|cx| add(cx, "after")).expect("a usable connection");
        assert_eq!(names(&mut db.context()), ["after"]);
    }

    fn rows_of_an_undone_transaction_are_forgotten(db: &Database) {
        let mut cx = db.context();
        let posts = make_posts(&mut cx, &["one"]);
        add(&mut cx, "x").expect("a tag");
        let undone = cx.atomic(|cx| {
            Post::relation_tags().set(cx, &posts[0].id, &[1])?;
            fail::<()>()
        });
        assert!(undone.is_err());
        let counts = restwell_db::relation::ToMany::counts(&Post::relation_tags(), &posts, &mut cx);
        assert_eq!(counts.expect("counts"), [0]);
    }

    fn transaction_control_is_not_counted(db: &Database) {
        let mut cx = db.context();
        cx.atomic(|cx| {
            add(cx, "a")?;
            cx.atomic(|cx| add(cx, "b"))?;
            let _ = cx.atomic(|cx| {
                add(cx, "c")?;
                fail::<()>()
            });
            Ok(())
        })
        .expect("a commit");
        assert_eq!(cx.statements(), 3);
        assert_eq!(names(&mut cx), ["a", "b"]);
        assert_eq!(cx.statements(), 4);
    }

    fn readers_that_write_later_do_not_deadlock(db: &Database) {
        let made = make_posts(&mut db.context(), &["one"]).remove(0);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..10 {
                        db.context()
                            .atomic(|cx| {
                                let one = Post::objects().filter(Post::F.id.eq(made.id));
                                let lock = restwell_db::statement::Lock::Wait;
                                let read = one.clone().select_for_update(lock).get(cx)?;
                                let next = Changes::new().with(Post::F.views, read.views + 1);
                                one.update(cx, next)
                            })
                            .expect("a commit");
                    }
                });
            }
        });
        let read = Post::objects().find(&mut db.context(), &made.id).expect("the post");
        assert_eq!(read.views, 40);
    }
}
