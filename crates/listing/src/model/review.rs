//! What an operator says of a listing that has to be mended.

use std::fmt;

use kernel::{Fault, Prose};
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{self, MapAccess, Visitor, value::MapAccessDeserializer},
};
use utoipa::ToSchema;

use crate::model::Content;

/// A reason why a listing is sent back. It may be written as its text alone, if it is of the whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ListingReturnReason)]
pub struct ReturnReason {
    /// The field that is to be mended, such as `/abstract` (RFC 6901); none if it is the whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, value_type = Option<String>, example = "/abstract")]
    pub pointer: Option<FieldPointer>,
    /// What is to be mended.
    pub reason: Prose<500>,
}

impl<'de> Deserialize<'de> for ReturnReason {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct WithField {
            pointer: Option<FieldPointer>,
            reason: Prose<500>,
        }
        struct TextOrObject;
        impl<'de> Visitor<'de> for TextOrObject {
            type Value = ReturnReason;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text, or an object with `pointer` and `reason`")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<ReturnReason, E> {
                let reason = text.parse().map_err(|fault: Fault| E::custom(fault))?;
                Ok(ReturnReason { pointer: None, reason })
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<ReturnReason, A::Error> {
                let map = MapAccessDeserializer::new(map);
                let WithField { pointer, reason } = WithField::deserialize(map)?;
                Ok(ReturnReason { pointer, reason })
            }
        }
        deserializer.deserialize_any(TextOrObject)
    }
}

/// A field of a listing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FieldPointer(String);

impl TryFrom<String> for FieldPointer {
    type Error = Fault;

    fn try_from(pointer: String) -> Result<Self, Fault> {
        let name = pointer.strip_prefix('/').and_then(|rest| rest.split('/').next());
        if pointer.len() <= 100 && name.is_some_and(|name| Content::FIELDS.contains(&name)) {
            return Ok(Self(pointer));
        }
        Err(Fault::unknown_value(&pointer, Content::FIELDS))
    }
}

impl From<FieldPointer> for String {
    fn from(pointer: FieldPointer) -> Self {
        pointer.0
    }
}

/// Why a listing is sent back: 1 to 20 reasons, each of a field or of the whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<ReturnReason>", into = "Vec<ReturnReason>")]
pub struct ReturnReasons(Vec<ReturnReason>);

impl ReturnReasons {
    /// Each reason.
    #[must_use]
    pub fn as_slice(&self) -> &[ReturnReason] {
        &self.0
    }

    /// Each reason, as plain text.
    #[must_use]
    pub fn texts(&self) -> Vec<String> {
        self.0.iter().map(|reason| reason.reason.to_string()).collect()
    }
}

impl TryFrom<Vec<ReturnReason>> for ReturnReasons {
    type Error = Fault;

    fn try_from(reasons: Vec<ReturnReason>) -> Result<Self, Fault> {
        if (1..=20).contains(&reasons.len()) {
            return Ok(Self(reasons));
        }
        Err(Fault::new("reasons_required", "应给出 1 至 20 条理由", "give 1 to 20 reasons"))
    }
}

impl From<ReturnReasons> for Vec<ReturnReason> {
    fn from(reasons: ReturnReasons) -> Self {
        reasons.0
    }
}
