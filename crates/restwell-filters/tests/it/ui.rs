//! What does not compile, and in which words.

#[test]
fn a_lookup_that_the_type_lacks_does_not_compile() {
    trybuild::TestCases::new().compile_fail("tests/ui/fail/*.rs");
}
