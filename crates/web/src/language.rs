//! Which language the caller reads.

use actix_web::http::header::{ACCEPT_LANGUAGE, HeaderMap};
use kernel::Words;

/// A language that the market speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// Chinese, the default.
    #[default]
    Zh,
    /// English.
    En,
}

impl Language {
    /// The best of `Accept-Language` (RFC 9110 §12.5.4); Chinese if it names neither.
    #[must_use]
    pub fn of(headers: &HeaderMap) -> Self {
        let header = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        let mut best = (0_u16, Self::default());
        for range in header.unwrap_or_default().split(',') {
            let (tag, parameters) = range.split_once(';').unwrap_or((range, ""));
            let language = match tag.trim().to_ascii_lowercase().split('-').next() {
                Some("zh") => Self::Zh,
                Some("en") => Self::En,
                _ => continue,
            };
            let quality = per_mille(parameters);
            if quality > best.0 {
                best = (quality, language);
            }
        }
        best.1
    }

    /// The words in this language.
    pub fn pick<T>(self, words: Words<T>) -> T {
        match self {
            Self::Zh => words.zh,
            Self::En => words.en,
        }
    }

    /// The tag for `Content-Language`.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Zh => "zh-CN",
            Self::En => "en",
        }
    }
}

/// `q=0.8` as 800; 1000 if there is none; 0 if it cannot be read.
fn per_mille(parameters: &str) -> u16 {
    let Some((_, quality)) = parameters.split_once("q=") else { return 1000 };
    let (whole, part) = quality.trim().split_once('.').unwrap_or((quality.trim(), ""));
    let digits: String = part.chars().chain("000".chars()).take(3).collect();
    match (whole, digits.parse::<u16>()) {
        ("1", _) => 1000,
        ("0", Ok(digits)) => digits,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    #[test]
    fn the_best_of_what_is_accepted() {
        for (header, language) in [
            ("", Language::Zh),
            ("en", Language::En),
            ("en-US,en;q=0.9", Language::En),
            ("zh-CN,zh;q=0.9,en;q=0.8", Language::Zh),
            ("fr, en;q=0.5", Language::En),
            ("zh;q=0.2, en;q=0.75", Language::En),
            ("en;q=0", Language::Zh),
            ("de", Language::Zh),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_static(header));
            assert_eq!(Language::of(&headers), language, "{header}");
        }
    }
}
