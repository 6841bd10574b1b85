//! What the macros accept, and what they say of what they refuse.

#[test]
fn mistakes_are_explained() {
    trybuild::TestCases::new().compile_fail("tests/ui/fail/*.rs");
}

#[test]
fn strict_lints_are_satisfied() {
    trybuild::TestCases::new().pass("tests/ui/pass/*.rs");
}
