//! How an organisation presents itself to everybody.

use std::{fmt, str::FromStr};

use diesel::{deserialize::FromSqlRow, expression::AsExpression, sql_types};
use kernel::{Domain, Email, Fault, Line, Phone, Prose};
use url::Url;

/// The name of an organisation in addresses: 3 to 40 lower-case letters and digits, in groups that
/// hyphens join.
#[derive(Clone, Debug, PartialEq, Eq, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = sql_types::Text)]
pub struct ShortName(String);

impl FromStr for ShortName {
    type Err = Fault;

    fn from_str(text: &str) -> Result<Self, Fault> {
        let plain = |group: &str| {
            !group.is_empty() && group.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        };
        if (3..=40).contains(&text.len()) && text.split('-').all(plain) {
            return Ok(Self(text.to_owned()));
        }
        Err(Fault::new(
            "short_name_malformed",
            "应为 3 到 40 个小写字母或数字,可用连字符分隔,如 qinghai-university",
            "3 to 40 lower-case letters and digits are expected, with hyphens between them, such as \
             qinghai-university",
        ))
    }
}

impl fmt::Display for ShortName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl serde::Serialize for ShortName {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}
kernel::deserialize_from_str!(ShortName);
kernel::stored_as_text!(ShortName);

impl utoipa::PartialSchema for ShortName {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::schema::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .pattern(Some("^[a-z0-9]+(-[a-z0-9]+)*$"))
            .min_length(Some(3))
            .max_length(Some(40))
            .examples(["qinghai-university"])
            .into()
    }
}
impl utoipa::ToSchema for ShortName {}

/// The address of a web page, with `http` or `https` and the name of a host.
#[derive(Clone, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = sql_types::Text)]
pub struct Website(String);

const LONGEST_WEBSITE: usize = 300;

impl FromStr for Website {
    type Err = Fault;

    fn from_str(text: &str) -> Result<Self, Fault> {
        let address = Url::parse(text.trim()).ok().filter(|address| {
            matches!(address.scheme(), "http" | "https")
                && address.domain().is_some_and(|host| host.contains('.'))
                && address.username().is_empty()
                && address.password().is_none()
        });
        match address {
            Some(address) if address.as_str().len() <= LONGEST_WEBSITE => {
                Ok(Self(address.to_string()))
            }
            Some(_) | None => Err(Fault::new(
                "website_malformed",
                "应为网址,如 https://www.qhu.edu.cn",
                "the address of a web page is expected, such as https://www.qhu.edu.cn",
            )),
        }
    }
}

impl fmt::Display for Website {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl serde::Serialize for Website {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}
kernel::deserialize_from_str!(Website);
kernel::stored_as_text!(Website);

impl utoipa::PartialSchema for Website {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::schema::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .pattern(Some("^https?://"))
            .max_length(Some(LONGEST_WEBSITE))
            .examples(["https://www.qhu.edu.cn/"])
            .into()
    }
}
impl utoipa::ToSchema for Website {}

/// An office that answers for an organisation: no personal data, everybody reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Office {
    /// What it is called.
    pub name: Line<100>,
    /// Its telephone number.
    pub phone: Option<Phone>,
    /// Its e-mail address.
    pub email: Option<Email>,
}

/// How an organisation presents itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Showcase {
    /// The name in its address.
    pub short_name: ShortName,
    /// Who it is, in its own words.
    pub about: Option<Prose<5000>>,
    /// Its own web site.
    pub website: Option<Website>,
    /// The fields in which it works, each once.
    pub domains: Vec<Domain>,
    /// Where to ask.
    pub office: Option<Office>,
}

/// In so many fields an organisation works, at most.
pub const MOST_DOMAINS: usize = 10;

impl Showcase {
    /// What is wrong with it: each fault with its pointer.
    #[must_use]
    pub fn faults(&self) -> Vec<(String, Fault)> {
        let mut faults = Vec::new();
        if self.domains.len() > MOST_DOMAINS {
            let fault = Fault::new("too_many", "最多 10 个领域", "at most 10 fields");
            faults.push(("/domains".to_owned(), fault));
        }
        for (at, domain) in self.domains.iter().enumerate() {
            if self.domains.iter().take(at).any(|before| before == domain) {
                let fault = Fault::new("duplicate", "领域重复", "the field is named twice");
                faults.push((format!("/domains/{at}"), fault));
            }
        }
        faults
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_name_is_plain() {
        for (text, right) in [
            ("qhu", true),
            ("qinghai-university", true),
            ("3d-lab", true),
            ("qh", false),
            ("QHU", false),
            ("-qhu", false),
            ("qhu-", false),
            ("q--u", false),
            ("青海大学", false),
            ("q u", false),
            ("a2345678901234567890123456789012345678901", false),
        ] {
            assert_eq!(text.parse::<ShortName>().is_ok(), right, "{text}");
        }
    }

    #[test]
    fn a_website_is_a_page_on_a_host() {
        for (text, right) in [
            ("https://www.qhu.edu.cn", true),
            ("http://qhu.edu.cn/kjc?id=1", true),
            ("https://青海大学.cn/", true),
            ("ftp://qhu.edu.cn", false),
            ("javascript:alert(1)", false),
            ("https://user:secret@qhu.edu.cn/", false),
            ("http://localhost/", false),
            ("http://127.0.0.1/", false),
            ("www.qhu.edu.cn", false),
            ("", false),
        ] {
            assert_eq!(text.parse::<Website>().is_ok(), right, "{text}");
        }
        let long = format!("https://qhu.edu.cn/{}", "a".repeat(300));
        assert!(long.parse::<Website>().is_err());
    }
}
