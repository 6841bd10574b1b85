/// Makes of each function a test on SQLite and a test on PostgreSQL.
///
/// The function becomes a module with the tests `sqlite` and `postgres`, so the name of a test
/// that fails says on which database it did. Its one argument is a
/// [`&TestDatabase`](crate::TestDatabase), new and empty:
///
/// ```no_run
/// restwell_testing::on_both_databases! {
///     fn nothing_is_there(db) {
///         assert_eq!(db.context().statements(), 0);
///     }
/// }
/// # fn main() {}
/// ```
///
/// What every test of an application begins with is said once, by a function that takes the
/// database and returns what the tests work with:
///
/// ```no_run
/// use restwell_testing::{TestDatabase, on_both_databases};
///
/// struct Shop { db: TestDatabase }
///
/// fn opened(db: TestDatabase) -> Shop {
///     Shop { db }
/// }
///
/// on_both_databases! {
///     with opened;
///
///     fn a_shop_is_empty_at_first(shop) {
///         assert_eq!(shop.db.context().statements(), 0);
///     }
/// }
/// # fn main() {}
/// ```
#[macro_export]
macro_rules! on_both_databases {
    (with $start:path; $($(#[$meta:meta])* fn $name:ident($subject:pat) $body:block)*) => {
        $(
            $(#[$meta])*
            mod $name {
                #[allow(unused_imports, reason = "a test may need nothing of its module")]
                use super::*;

                fn run(db: $crate::TestDatabase) {
                    let subject = $start(db);
                    let $subject = &subject;
                    $body
                }

                #[test]
                fn sqlite() {
                    run($crate::TestDatabase::sqlite());
                }

                #[test]
                fn postgres() {
                    run($crate::TestDatabase::postgres());
                }
            }
        )*
    };
    ($($rest:tt)*) => {
        $crate::on_both_databases! { with ::std::convert::identity; $($rest)* }
    };
}
