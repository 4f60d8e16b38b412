//! Each attribute rule and each type error with the message that the user sees. `TRYBUILD=overwrite` writes them anew.

#[test]
fn messages() {
    let cases = trybuild::TestCases::new();
    cases.pass("ui/pass/*.rs");
    // our own words: the same on every toolchain
    cases.compile_fail("ui/attr/*.rs");
    // rustc's words around ours
    cases.compile_fail("ui/types/*.rs");
}
