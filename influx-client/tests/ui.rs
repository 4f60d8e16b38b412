//! What users of the client see where their types do not fit; the tests of rows show that the advice works. `TRYBUILD=overwrite`
//! writes it anew.

#[test]
fn messages() {
    trybuild::TestCases::new().compile_fail("../tests/ui/client/*.rs");
}
