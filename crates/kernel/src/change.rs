//! What a partial update says of one field.

use serde::{Deserialize, Deserializer};

/// What a PATCH (RFC 7396) says of a field that may be empty: nothing, that it is to be emptied
/// (`null`), or its new value. Fields of this type need `#[serde(default)]`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Change<T> {
    /// It was left out: the present value stays.
    #[default]
    Keep,
    /// It was `null`: no value any more.
    Clear,
    /// It was given.
    Set(T),
}

impl<T> Change<T> {
    /// The value after the change.
    #[must_use]
    pub fn apply(self, present: Option<T>) -> Option<T> {
        match self {
            Self::Keep => present,
            Self::Clear => None,
            Self::Set(value) => Some(value),
        }
    }

    /// The value after the change, of a field that is empty by its default: a list.
    #[must_use]
    pub fn apply_to(self, present: T) -> T
    where
        T: Default,
    {
        match self {
            Self::Keep => present,
            Self::Clear => T::default(),
            Self::Set(value) => value,
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Change<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.map_or(Self::Clear, Self::Set))
    }
}

/// Reads what a PATCH says of a field that must not be empty: with
/// `#[serde(default, deserialize_with = "kernel::given")]` it may be left out, but not `null`.
///
/// # Errors
/// If it is `null`, or not a `T`.
pub fn given<'de, T, D>(deserializer: D) -> Result<Option<T>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    T::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize, PartialEq, Eq)]
    struct Form {
        #[serde(default)]
        note: Change<u8>,
        #[serde(default, deserialize_with = "given")]
        level: Option<u8>,
    }

    fn read(json: &str) -> Result<(Change<u8>, Option<u8>), serde_json::Error> {
        serde_json::from_str::<Form>(json).map(|form| (form.note, form.level))
    }

    #[test]
    fn absent_keeps_and_null_clears() {
        assert_eq!(read("{}").unwrap(), (Change::Keep, None));
        assert_eq!(read(r#"{"note":null}"#).unwrap(), (Change::Clear, None));
        assert_eq!(read(r#"{"note":7,"level":1}"#).unwrap(), (Change::Set(7), Some(1)));
        assert!(read(r#"{"note":"7"}"#).is_err());
    }

    #[test]
    fn what_must_not_be_empty_cannot_be_null() {
        assert!(read(r#"{"level":null}"#).is_err());
    }

    #[test]
    fn a_change_is_applied_to_the_present_value() {
        let present = Some(3);
        assert_eq!(Change::Keep.apply(present), Some(3));
        assert_eq!(Change::Clear.apply(present), None);
        assert_eq!(Change::Set(4).apply(present), Some(4));
        assert_eq!(Change::Keep.apply_to(vec![1]), [1]);
        assert!(Change::Clear.apply_to(vec![1]).is_empty());
    }
}
