//! Passwords: what is too easily guessed, and words that cannot be printed.
//!
//! The rules are those of OWASP ASVS 5.0 §6.2: long enough, any characters, no composition rules,
//! no forced renewal, but nothing that a guesser tries first.

use std::fmt;

use diesel::{deserialize::FromSqlRow, expression::AsExpression, sql_types};
use kernel::Fault;
use zeroize::Zeroizing;

const SHORTEST: usize = 12;
const LONGEST: usize = 128;
/// So many characters must be left when everything that guessers try first is taken away.
const LEAST_OWN: usize = 5;
/// So many different characters there must be.
const LEAST_DIFFERENT: usize = 5;

/// What guessers try first, in small letters and without digits for letters.
const COMMON: &[&str] = &[
    "password",
    "passwort",
    "passphrase",
    "passcode",
    "pass",
    "pwd",
    "secret",
    "admin",
    "administrator",
    "root",
    "user",
    "guest",
    "test",
    "login",
    "letmein",
    "welcome",
    "changeme",
    "default",
    "master",
    "access",
    "hello",
    "abc",
    "iloveyou",
    "loveyou",
    "woaini",
    "5201314",
    "1314",
    "520",
    "aini",
    "love",
    "mima",
    "nihao",
    "monkey",
    "dragon",
    "sunshine",
    "princess",
    "football",
    "baseball",
    "superman",
    "batman",
    "shadow",
    "michael",
    "summer",
    "winter",
    "spring",
    "autumn",
    "january",
    "february",
    "march",
    "april",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "monday",
    "friday",
    "qwer",
    "asdf",
    "zxcv",
    "qazwsx",
    "wsxedc",
    "qaz",
    "wsx",
    "xining",
    "qinghai",
    "china",
    "zhongguo",
    "market",
    "kejidashichang",
    "密码",
    "西宁",
    "青海",
    "中国",
    "科技大市场",
    "科技",
    "市场",
    "我爱你",
    "你好",
];

/// Rows of a keyboard; a guesser walks along them.
const ROWS: &[&str] = &["qwertyuiop", "asdfghjkl", "zxcvbnm", "!@#$%^&*()", "1qaz2wsx3edc4rfv"];

/// A password as somebody typed it: never printed, wiped from memory after use.
#[derive(Clone)]
pub struct Password(Zeroizing<String>);

impl Password {
    /// The characters, for the hash function.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// Checks a new password, chosen by somebody with these names: of the person, of the
    /// organisation, of the mailbox.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(&self, names: &[&str]) -> Result<(), Fault> {
        let length = self.0.chars().count();
        if length < SHORTEST {
            return Err(Fault::new(
                "password_too_short",
                format!("密码至少 {SHORTEST} 个字符,现有 {length} 个"),
                format!("a password has at least {SHORTEST} characters, not {length}"),
            ));
        }
        if length > LONGEST {
            return Err(Fault::new(
                "password_too_long",
                format!("密码最多 {LONGEST} 个字符"),
                format!("a password has at most {LONGEST} characters"),
            ));
        }
        if is_easily_guessed(&self.0, names) {
            return Err(Fault::new(
                "password_too_common",
                "密码过于常见:去掉常用词、连续或重复的字符、年份以及您的姓名、单位和邮箱名后所剩无几",
                "too easily guessed: little is left without common words, runs, repetitions, \
                 years, and the names of you, your organisation and your mailbox",
            ));
        }
        Ok(())
    }
}

impl From<String> for Password {
    fn from(text: String) -> Self {
        Self(Zeroizing::new(text))
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(****)")
    }
}

impl<'de> serde::Deserialize<'de> for Password {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from)
    }
}

impl utoipa::PartialSchema for Password {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Password)))
            .max_length(Some(LONGEST))
            .description(Some("12 to 128 characters, nothing that is easily guessed."))
            .write_only(true)
            .into()
    }
}
impl utoipa::ToSchema for Password {}

/// An Argon2id hash with its salt and parameters, as a PHC string; never printed.
#[derive(Clone, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = sql_types::Text)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// The PHC string.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for PasswordHash {
    type Err = Fault;

    fn from_str(text: &str) -> Result<Self, Fault> {
        if text.starts_with("$argon2id$") {
            return Ok(Self(text.to_owned()));
        }
        Err(Fault::new("password_hash_malformed", "密码摘要格式有误", "not an Argon2id PHC string"))
    }
}

impl fmt::Display for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(****)")
    }
}
kernel::stored_as_text!(PasswordHash);

fn is_easily_guessed(password: &str, names: &[&str]) -> bool {
    let raw: Vec<char> = password.chars().flat_map(char::to_lowercase).collect();
    let mut different = raw.clone();
    different.sort_unstable();
    different.dedup();
    different.len() < LEAST_DIFFERENT || repeats(&raw) || own_characters(&raw, names) < LEAST_OWN
}

/// Is the text one short piece, over and over?
fn repeats(text: &[char]) -> bool {
    (1..=text.len() / 2)
        .any(|period| text.iter().skip(period).zip(text).all(|(later, earlier)| later == earlier))
}

/// How many letters and digits are left without what guessers try first.
fn own_characters(raw: &[char], names: &[&str]) -> usize {
    let plain: Vec<char> = raw.iter().copied().map(letter_for).collect();
    let words = guessed_words(names);
    let (mut raw, mut plain, mut own) = (raw, plain.as_slice(), 0);
    while let [first, ..] = raw {
        let word = words
            .iter()
            .filter(|word| raw.starts_with(word) || plain.starts_with(word))
            .map(Vec::len)
            .max();
        let guessed = word.max(run(raw)).max(keyboard_walk(raw)).max(year(raw));
        if guessed.is_none() && first.is_alphanumeric() {
            own += 1;
        }
        let step = guessed.unwrap_or(1);
        raw = raw.get(step..).unwrap_or_default();
        plain = plain.get(step..).unwrap_or_default();
    }
    own
}

/// The common words, and the parts of names that are long enough to mean something.
fn guessed_words(names: &[&str]) -> Vec<Vec<char>> {
    let parts = names.iter().flat_map(|name| name.split(|c: char| !c.is_alphanumeric()));
    let long_enough = parts.filter(|part| {
        let least = if part.is_ascii() { 3 } else { 2 };
        part.chars().count() >= least
    });
    let lower = |word: &str| word.chars().flat_map(char::to_lowercase).collect();
    COMMON.iter().copied().chain(long_enough).map(lower).collect()
}

/// Digits and signs that stand for letters.
const fn letter_for(c: char) -> char {
    match c {
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        '8' => 'b',
        other => other,
    }
}

/// The length of three or more characters that are equal, rise or fall by one: `aaa`, `1234`.
fn run(text: &[char]) -> Option<usize> {
    let code = |c: &char| i64::from(u32::from(*c));
    let [first, second, ..] = text else { return None };
    let step = code(second) - code(first);
    let pairs = text.iter().zip(text.iter().skip(1));
    let length = 1 + pairs.take_while(|(a, b)| code(b) - code(a) == step).count();
    (step.abs() <= 1 && length >= 3).then_some(length)
}

/// The length of four or more neighbours on a keyboard.
fn keyboard_walk(text: &[char]) -> Option<usize> {
    let walk = |row: Vec<char>| {
        let starts = 0..row.len();
        let common = |start| {
            let rest = row.iter().skip(start);
            text.iter().zip(rest).take_while(|(typed, key)| typed == key).count()
        };
        starts.map(common).max()
    };
    ROWS.iter()
        .flat_map(|row| [row.chars().collect(), row.chars().rev().collect()])
        .filter_map(walk)
        .max()
        .filter(|length| *length >= 4)
}

/// A year of the last or this century.
fn year(text: &[char]) -> Option<usize> {
    match text {
        ['1', '9', a, b, ..] | ['2', '0', a, b, ..] if a.is_ascii_digit() && b.is_ascii_digit() => {
            Some(4)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: &[&str] = &["王小兰", "青海大学", "lan.wang"];

    fn fault(password: &str) -> Option<String> {
        Password::from(password.to_owned()).check(NAMES).err().map(|fault| fault.code)
    }

    #[test]
    fn length_is_counted_in_characters() {
        assert_eq!(fault("k7vHq2mT9xR").as_deref(), Some("password_too_short"));
        assert_eq!(fault("k7vHq2mT9xRw"), None);
        assert_eq!(fault("高原上的牦牛喜欢晒太阳吃草"), None);
        let long: String = ["k7vHq2mT9xRw"; 11].concat();
        assert_eq!(fault(&long).as_deref(), Some("password_too_long"));
    }

    #[test]
    fn no_composition_is_asked_for() {
        for password in ["correct horse battery staple", "harbour lantern", "84912075336184"] {
            assert_eq!(fault(password), None, "{password}");
        }
    }

    #[test]
    fn what_guessers_try_first_is_refused() {
        for password in [
            "password1234",
            "P@ssw0rd!2026",
            "123456789012",
            "aaaaaaaaaaaa",
            "abcabcabcabc",
            "xkqzxkqzxkqz",
            "qwertyuiop12",
            "1qaz2wsx3edc4rfv",
            "Xining@2026!!",
            "woaini5201314520",
            "admin-admin-2024",
            "Qinghai2026Market",
            "西宁科技大市场密码2026",
        ] {
            let found = fault(password);
            assert_eq!(found.as_deref(), Some("password_too_common"), "{password}");
        }
    }

    #[test]
    fn ones_own_names_do_not_count() {
        for password in ["WangLan-2026!", "青海大学王小兰青海大学123", "lan.wang.lan.wang1"]
        {
            let found = fault(password);
            assert_eq!(found.as_deref(), Some("password_too_common"), "{password}");
        }
        assert_eq!(fault("wang-harbour-lantern"), None);
    }

    #[test]
    fn neither_password_nor_hash_is_printed() {
        let hash: PasswordHash = "$argon2id$v=19$secret".parse().unwrap();
        let shown = format!("{:?} {hash:?}", Password::from("hunter2".to_owned()));
        assert_eq!(shown, "Password(****) PasswordHash(****)");
    }
}
