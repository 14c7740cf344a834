//! Texts that people write: bounded, without control characters.

use std::{fmt, str::FromStr};

use diesel::{deserialize::FromSqlRow, expression::AsExpression, sql_types};

use crate::Fault;

/// One line of 1 … `MAX` characters, trimmed, without control characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = sql_types::Text)]
pub struct Line<const MAX: usize>(String);

/// Text of 1 … `MAX` characters, trimmed; line breaks and tabs are the only control characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = sql_types::Text)]
pub struct Prose<const MAX: usize>(String);

macro_rules! text {
    ($name:ident, $allowed:expr, $what:literal) => {
        impl<const MAX: usize> $name<MAX> {
            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl<const MAX: usize> FromStr for $name<MAX> {
            type Err = Fault;
            fn from_str(text: &str) -> Result<Self, Fault> {
                let text = text.trim();
                bounded(text, MAX, $allowed)?;
                Ok(Self(text.to_owned()))
            }
        }

        impl<const MAX: usize> fmt::Display for $name<MAX> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl<const MAX: usize> serde::Serialize for $name<MAX> {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        deserialize_from_str!($name<const MAX: usize>);
        stored_as_text!($name<const MAX: usize>);

        impl<const MAX: usize> utoipa::PartialSchema for $name<MAX> {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::schema::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .min_length(Some(1))
                    .max_length(Some(MAX))
                    .into()
            }
        }
        impl<const MAX: usize> utoipa::ToSchema for $name<MAX> {
            fn name() -> std::borrow::Cow<'static, str> {
                std::borrow::Cow::Owned(format!(concat!($what, "{}"), MAX))
            }
        }
    };
}

text!(Line, |_| false, "Line");
text!(Prose, |c| matches!(c, '\n' | '\r' | '\t'), "Prose");

fn bounded(text: &str, max: usize, allowed: fn(char) -> bool) -> Result<(), Fault> {
    if text.is_empty() {
        return Err(Fault::new("text_empty", "不能为空", "must not be empty"));
    }
    if text.chars().any(|c| c.is_control() && !allowed(c)) {
        return Err(Fault::new(
            "control_character",
            "含有控制字符",
            "contains a control character",
        ));
    }
    let length = text.chars().count();
    if length > max {
        return Err(Fault::new(
            "text_too_long",
            format!("最多 {max} 个字符,现有 {length} 个"),
            format!("at most {max} characters, not {length}"),
        ));
    }
    Ok(())
}

/// An e-mail address, in lower case; one address names one account.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = sql_types::Text)]
pub struct Email(String);

impl Email {
    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Email {
    type Err = Fault;

    /// The shape that can be delivered: `local@domain.tld`, ASCII, at most 254 characters (RFC 5321).
    fn from_str(text: &str) -> Result<Self, Fault> {
        let address = text.trim().to_ascii_lowercase();
        let plain = |part: &str| {
            part.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+/=?^_`{|}~.-".contains(&b))
                && !part.starts_with('.')
                && !part.ends_with('.')
                && !part.contains("..")
        };
        let right = address.split_once('@').is_some_and(|(local, domain)| {
            (1..=64).contains(&local.len())
                && plain(local)
                && domain.contains('.')
                && domain.split('.').all(|label| {
                    !label.is_empty()
                        && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
                })
        });
        if right && address.len() <= 254 {
            return Ok(Self(address));
        }
        Err(Fault::new("email_malformed", "不是有效的电子邮箱", "not a valid e-mail address"))
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Email {
    /// Masked: an address is personal data and does not belong in logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let domain = self.0.split_once('@').map_or("", |(_, domain)| domain);
        write!(f, "Email(***@{domain})")
    }
}

impl serde::Serialize for Email {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}
deserialize_from_str!(Email);
stored_as_text!(Email);

impl utoipa::PartialSchema for Email {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::schema::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .format(Some(utoipa::openapi::schema::SchemaFormat::Custom("email".to_owned())))
            .max_length(Some(254))
            .examples(["lan@example.cn"])
            .into()
    }
}
impl utoipa::ToSchema for Email {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_bounded_in_characters_not_bytes() {
        assert!("超疏水涂层".parse::<Line<5>>().is_ok());
        assert_eq!("超疏水涂层的".parse::<Line<5>>().unwrap_err().code, "text_too_long");
        assert_eq!("  ".parse::<Line<5>>().unwrap_err().code, "text_empty");
        assert_eq!("a\nb".parse::<Line<5>>().unwrap_err().code, "control_character");
        assert_eq!("a\0b".parse::<Prose<5>>().unwrap_err().code, "control_character");
        assert_eq!(" a\nb ".parse::<Prose<5>>().unwrap().as_str(), "a\nb");
    }

    #[test]
    fn addresses() {
        for right in ["lan@example.cn", "A.B+c@Sub.Example.com"] {
            assert!(right.parse::<Email>().is_ok(), "{right}");
        }
        for wrong in ["", "a", "a@b", "@example.cn", "a b@example.cn", "a@@example.cn", "a@x..cn"] {
            assert!(wrong.parse::<Email>().is_err(), "{wrong}");
        }
        assert_eq!(format!("{:?}", "lan@example.cn".parse::<Email>()), "Ok(Email(***@example.cn))");
    }
}
