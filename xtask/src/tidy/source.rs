//! Rules for text of any kind, and for Rust.

use super::Finding;

/// A file that is longer has more than one subject.
const LINES: usize = 500;

/// Written so that this file keeps its own rule.
const UNFINISHED: [&str; 2] = [concat!("TO", "DO"), concat!("FIX", "ME")];

pub(super) fn check(text: &str, is_rust: bool) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let mut add = |rule: &str| findings.push(Finding::new(index + 1, rule));
        if UNFINISHED.iter().any(|word| has_word(line, word)) {
            add("finish it, or open an issue");
        }
        if is_rust && line.trim_start().starts_with("#[ignore") {
            add("an ignored test proves nothing: run it or remove it");
        }
        if is_ignored_example(line) {
            add("an ignored example proves nothing: use `no_run`, `compile_fail` or `text`");
        }
    }
    let length = text.lines().count();
    if is_rust && length > LINES {
        let rule = format!("{length} lines, {LINES} are allowed: split it by subject");
        findings.push(Finding::new(length, rule));
    }
    findings
}

fn has_word(line: &str, word: &str) -> bool {
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
    line.split(|letter| !is_part(letter))
        .any(|part| part == word)
}

/// The opening of a code block of the documentation which neither compiles nor runs.
fn is_ignored_example(line: &str) -> bool {
    let text = line.trim_start();
    let text = text
        .strip_prefix("///")
        .or_else(|| text.strip_prefix("//!"))
        .unwrap_or(text);
    text.trim_start()
        .strip_prefix("```")
        .is_some_and(|info| info.split(',').any(|word| word.trim() == "ignore"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(text: &str) -> Vec<usize> {
        check(text, true)
            .iter()
            .map(|finding| finding.line)
            .collect()
    }

    #[test]
    fn unfinished_work_is_found_as_a_whole_word() {
        let [todo, fixme] = UNFINISHED;
        assert_eq!(
            rules(&format!("ok\n// {todo}: x\n/* {fixme}(me) */")),
            [2, 3]
        );
        assert_eq!(
            rules(&format!("const {todo}_LIST: u8 = 1; // Todo MVC")),
            [0; 0]
        );
    }

    #[test]
    fn ignored_tests_and_examples_are_found() {
        let attribute = concat!("    #[ig", "nore = \"slow\"]");
        let fence = concat!("/// ```rust,ig", "nore");
        assert_eq!(
            rules(&format!("{attribute}\n{fence}\n/// ```no_run")),
            [1, 2]
        );
    }

    #[test]
    fn a_file_of_five_hundred_lines_is_the_longest() {
        assert_eq!(rules(&"\n".repeat(500)), [0; 0]);
        assert_eq!(rules(&"\n".repeat(501)), [501]);
        assert!(check(&"\n".repeat(501), false).is_empty());
    }
}
