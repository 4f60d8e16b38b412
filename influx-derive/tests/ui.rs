//! Each attribute rule and each type error with the message that the user sees. `TRYBUILD=overwrite` writes them anew.

#[test]
fn messages() {
    let cases = trybuild::TestCases::new();
    cases.pass("../tests/ui/pass/*.rs");
    // our own words: the same on every toolchain
    cases.compile_fail("../tests/ui/attr/*.rs");
    // rustc's words around ours
    cases.compile_fail("../tests/ui/types/*.rs");
}
