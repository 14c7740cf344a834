//! `words!`: a closed vocabulary, spelled once.

use crate::Words;

/// A closed vocabulary as data, for whoever lists them all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Vocabulary {
    /// The name of its type, which is also that of its schema.
    pub name: &'static str,
    /// Its words, in the order of declaration.
    pub words: &'static [Word],
}

/// A word of a closed vocabulary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word {
    /// The spelling in JSON, URLs and the database.
    pub spelling: &'static str,
    /// The label shown to people.
    pub label: Words<&'static str>,
}

/// Declares an enumeration whose members have one spelling in JSON, URLs and the database, and a
/// label in Chinese and English for people.
///
/// ```ignore
/// words! {
///     /// What is listed.
///     pub enum ListingKind {
///         /// Something a university or institute can do.
///         Result = "result", "科技成果", "result";
///     }
/// }
/// ```
#[macro_export]
macro_rules! words {
    (
        $(#[$meta:meta])*
        pub enum $name:ident {
            $( $(#[$vmeta:meta])* $variant:ident = $text:literal, $zh:literal, $en:literal; )+
        }
    ) => {
        $(#[$meta])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash,
            $crate::macro_support::diesel::expression::AsExpression,
            $crate::macro_support::diesel::deserialize::FromSqlRow,
        )]
        #[diesel(sql_type = $crate::macro_support::diesel::sql_types::Text)]
        pub enum $name { $( $(#[$vmeta])* $variant, )+ }

        impl $name {
            /// Every member, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The whole vocabulary as data.
            pub const VOCABULARY: $crate::Vocabulary = $crate::Vocabulary {
                name: stringify!($name),
                words: &[
                    $($crate::Word { spelling: $text, label: $crate::Words { zh: $zh, en: $en } }),+
                ],
            };

            /// The spelling in JSON, URLs and the database.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            /// The label shown to people.
            #[must_use]
            pub const fn label(self) -> $crate::Words<&'static str> {
                match self { $(Self::$variant => $crate::Words { zh: $zh, en: $en },)+ }
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $crate::Fault;
            fn from_str(text: &str) -> ::std::result::Result<Self, Self::Err> {
                match text {
                    $($text => Ok(Self::$variant),)+
                    _ => Err($crate::Fault::unknown_word(text, Self::VOCABULARY.words)),
                }
            }
        }

        impl $crate::macro_support::serde::Serialize for $name {
            fn serialize<S: $crate::macro_support::serde::Serializer>(
                &self, serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        $crate::deserialize_from_str!($name);

        impl $crate::macro_support::utoipa::PartialSchema for $name {
            fn schema() -> $crate::macro_support::utoipa::openapi::RefOr<
                $crate::macro_support::utoipa::openapi::schema::Schema,
            > {
                $crate::macro_support::utoipa::openapi::schema::ObjectBuilder::new()
                    .schema_type($crate::macro_support::utoipa::openapi::schema::Type::String)
                    .enum_values(Some([$($text),+]))
                    .description(Some([$(concat!("`", $text, "` ", $zh)),+].join(" · ")))
                    .into()
            }
        }
        impl $crate::macro_support::utoipa::ToSchema for $name {}

        $crate::stored_as_text!($name);
    };
}

/// Deserialises a word from a JSON string through its `FromStr`; a wrong word becomes a
/// [`crate::Fault`] that the web layer answers with its code and the pointer of the field.
#[macro_export]
macro_rules! deserialize_from_str {
    ($name:ident $(<const $max:ident: $t:ty>)?) => {
        impl<'de $(, const $max: $t)?> $crate::macro_support::serde::Deserialize<'de>
            for $name $(<$max>)?
        {
            fn deserialize<D: $crate::macro_support::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                struct Text<T>(::std::marker::PhantomData<T>);
                impl<T> $crate::macro_support::serde::de::Visitor<'_> for Text<T>
                where
                    T: ::std::str::FromStr<Err = $crate::Fault>,
                {
                    type Value = T;
                    fn expecting(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                        f.write_str("a string")
                    }
                    fn visit_str<E: $crate::macro_support::serde::de::Error>(
                        self, text: &str,
                    ) -> ::std::result::Result<T, E> {
                        text.parse().map_err(|fault: $crate::Fault| E::custom(fault))
                    }
                }
                deserializer.deserialize_str(Text(::std::marker::PhantomData))
            }
        }
    };
}

/// Stores a word in a `text` column by its `Display` and reads it by its `FromStr`.
#[macro_export]
macro_rules! stored_as_text {
    ($name:ident $(<const $max:ident: $t:ty>)?) => {
        impl $(<const $max: $t>)? $crate::macro_support::diesel::serialize::ToSql<
            $crate::macro_support::diesel::sql_types::Text,
            $crate::macro_support::diesel::pg::Pg,
        > for $name $(<$max>)? {
            fn to_sql<'b>(
                &'b self,
                out: &mut $crate::macro_support::diesel::serialize::Output<
                    'b, '_, $crate::macro_support::diesel::pg::Pg,
                >,
            ) -> $crate::macro_support::diesel::serialize::Result {
                use ::std::io::Write as _;
                write!(out, "{self}")?;
                Ok($crate::macro_support::diesel::serialize::IsNull::No)
            }
        }

        impl $(<const $max: $t>)? $crate::macro_support::diesel::deserialize::FromSql<
            $crate::macro_support::diesel::sql_types::Text,
            $crate::macro_support::diesel::pg::Pg,
        > for $name $(<$max>)? {
            fn from_sql(
                bytes: $crate::macro_support::diesel::pg::PgValue<'_>,
            ) -> $crate::macro_support::diesel::deserialize::Result<Self> {
                let text = ::std::str::from_utf8(bytes.as_bytes())?;
                text.parse().map_err(|fault: $crate::Fault| fault.to_string().into())
            }
        }
    };
}
