//! The README's section on the library: its code is the example, and the example runs.

#[path = "../examples/library.rs"]
#[expect(unreachable_pub, reason = "the main function of a program that is called here")]
mod library;

#[test]
fn the_code_in_the_readme_is_the_example() {
    let readme = include_str!("../README.md");
    let example = include_str!("../examples/library.rs");
    let code = example.split_once("\n\n").expect("a comment, then code").1;
    let shown = readme.split("```rust\n").nth(1).and_then(|rest| rest.split("```").next());
    assert_eq!(shown, Some(code));
}

#[test]
fn the_example_runs() {
    library::main().expect("it runs");
}
