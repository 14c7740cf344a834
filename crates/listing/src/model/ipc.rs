//! Classes of the International Patent Classification (WIPO).

use std::{fmt, str::FromStr};

use diesel::{deserialize::FromSqlRow, expression::AsExpression, sql_types};
use kernel::Fault;

/// A subclass such as `H01M`, or a group such as `H01M 10/0525`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = sql_types::Text)]
pub struct Ipc(String);

impl Ipc {
    /// The subclass that it belongs to, such as `H01M`.
    #[must_use]
    pub fn subclass(&self) -> Self {
        Self(self.0.chars().take(4).collect())
    }

    /// The symbol, with one space before the group.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Ipc {
    type Err = Fault;

    /// Section, class, subclass; then, with or without a space, group and subgroup.
    fn from_str(text: &str) -> Result<Self, Fault> {
        let text = text.trim().to_ascii_uppercase();
        let (subclass, group) = text.split_at_checked(4).ok_or_else(malformed)?;
        if !is_subclass(subclass) {
            return Err(malformed());
        }
        if group.is_empty() {
            return Ok(Self(subclass.to_owned()));
        }
        let group = group.strip_prefix(' ').unwrap_or(group);
        if !is_group(group) {
            return Err(malformed());
        }
        Ok(Self(format!("{subclass} {group}")))
    }
}

const fn is_subclass(text: &str) -> bool {
    matches!(text.as_bytes(), [b'A'..=b'H', b'0'..=b'9', b'0'..=b'9', b'A'..=b'Z'])
}

fn is_group(text: &str) -> bool {
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    text.split_once('/').is_some_and(|(main, sub)| {
        (1..=4).contains(&main.len()) && (2..=6).contains(&sub.len()) && digits(main) && digits(sub)
    })
}

fn malformed() -> Fault {
    Fault::new(
        "ipc_malformed",
        "IPC 分类号应形如 H01M 或 H01M 10/0525",
        "an IPC class looks like H01M or H01M 10/0525",
    )
}

impl fmt::Display for Ipc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl serde::Serialize for Ipc {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}
kernel::deserialize_from_str!(Ipc);
kernel::stored_as_text!(Ipc);

impl utoipa::PartialSchema for Ipc {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::schema::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .pattern(Some("^[A-H][0-9]{2}[A-Z]( ?[0-9]{1,4}/[0-9]{2,6})?$"))
            .description(Some("Class of the International Patent Classification."))
            .examples(["H01M 10/0525"])
            .into()
    }
}
impl utoipa::ToSchema for Ipc {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_written_one_way() {
        for (written, read) in [
            ("H01M", "H01M"),
            ("h01m10/0525", "H01M 10/0525"),
            (" C01D 15/08 ", "C01D 15/08"),
            ("A61K36/00", "A61K 36/00"),
        ] {
            assert_eq!(written.parse::<Ipc>().unwrap().as_str(), read, "{written}");
        }
    }

    #[test]
    fn other_texts_are_no_classes() {
        for text in
            ["", "H01", "I01M", "H01M10", "H01M  10/05", "H01M 10/5", "H01M 12345/00", "锂电池材料"]
        {
            assert_eq!(text.parse::<Ipc>().unwrap_err().code, "ipc_malformed", "{text}");
        }
    }
}
