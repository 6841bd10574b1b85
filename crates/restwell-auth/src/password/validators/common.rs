//! Passwords that everybody has.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::{PasswordValidator, Rejection, UserAttributes};

static COMMON: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    include_str!("common_passwords.txt")
        .lines()
        .filter(|line| !line.starts_with("# "))
        .flat_map(str::split_ascii_whitespace)
        .collect()
});

/// Refuses the passwords that are tried first: some 4,000 words and key sequences, whatever their
/// case, also with up to four digits behind them (`dragon2026`), with digits for letters
/// (`p4ssw0rd`), written twice, and runs along the alphabet or the keyboard.
#[derive(Clone, Copy, Debug, Default)]
pub struct CommonPassword;

impl PasswordValidator for CommonPassword {
    fn validate(&self, password: &str, _: &UserAttributes) -> Result<(), Rejection> {
        if !is_common(&password.trim().to_lowercase()) {
            return Ok(());
        }
        Err(Rejection::new(
            "password_too_common",
            "This password is too common.",
        ))
    }
}

fn is_common(password: &str) -> bool {
    COMMON.contains(password) || is_run(password) || is_doubled(password) || is_disguised(password)
}

/// Whether the characters are all the same or follow one another on a keyboard or in an alphabet.
fn is_run(password: &str) -> bool {
    const RUNS: [&str; 5] = [
        "abcdefghijklmnopqrstuvwxyz",
        "01234567890",
        "qwertyuiopasdfghjklzxcvbnm",
        "qwertzuiopasdfghjklyxcvbnm",
        "azertyuiopqsdfghjklmwxcvbn",
    ];
    let mut characters = password.chars();
    let Some(first) = characters.next() else {
        return false;
    };
    if characters.all(|c| c == first) {
        return true;
    }
    let backwards: String = password.chars().rev().collect();
    RUNS.iter()
        .any(|run| run.contains(password) || run.contains(&backwards))
}

fn is_doubled(password: &str) -> bool {
    let half = password.len() / 2;
    match password.split_at_checked(half) {
        Some((first, second)) => first == second && COMMON.contains(first),
        None => false,
    }
}

/// Whether a common word is left without the digits behind it and with letters for the digits in
/// it.
fn is_disguised(password: &str) -> bool {
    const FEWEST_LETTERS: usize = 4;
    const MOST_DIGITS: usize = 4;
    let word = password.trim_end_matches(|c: char| c.is_ascii_digit());
    let is_word = |word: &str| word.len() >= FEWEST_LETTERS && COMMON.contains(word);
    let digits = password.len() - word.len();
    is_word(&plain(password)) || digits <= MOST_DIGITS && (is_word(word) || is_word(&plain(word)))
}

fn plain(word: &str) -> String {
    word.chars()
        .map(|c| match c {
            '0' => 'o',
            '1' => 'i',
            '3' => 'e',
            '4' | '@' => 'a',
            '5' | '$' => 's',
            '7' => 't',
            other => other,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refuses(password: &str) -> bool {
        CommonPassword
            .validate(password, &UserAttributes::new())
            .is_err()
    }

    #[test]
    fn common_passwords_are_refused() {
        for password in [
            "password",
            "Password",
            " letmein ",
            "123456789",
            "qwerty123",
            "1q2w3e4r",
            "iloveyou",
            "trustno1",
            "p@ssw0rd",
            "football1",
            "Dragon2026",
            "P4ssw0rd1",
            "passwordpassword",
            "zzzzzzzzzz",
            "mnbvcxzlkjhgfdsa",
            "ghijklmno",
        ] {
            assert!(refuses(password), "{password}");
        }
    }

    #[test]
    fn uncommon_passwords_pass() {
        for password in [
            "",
            "correct horse battery staple",
            "analytical engine",
            "S3cure-pass-1",
            "x7!Kq29#Lm",
            "dragon20261",
            "dragon-2026",
            "horse\u{20ac}horse",
        ] {
            assert!(!refuses(password), "{password}");
        }
    }

    #[test]
    fn the_list_is_in_lower_case_and_large() {
        assert!(COMMON.len() > 4_000);
        assert!(COMMON.iter().all(|entry| *entry == entry.to_lowercase()));
    }
}
