//! A connection string that may be shown, because its password never is.

use std::fmt;

use serde::{Deserialize, Serialize, Serializer};

const HIDDEN: &str = "***";
/// Parameters of a connection string that are secrets.
const SECRETS: [&str; 2] = ["password", "sslpassword"];

/// A PostgreSQL connection string, as a URL or as `name=value` pairs.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct DatabaseUrl(pub String);

impl DatabaseUrl {
    /// Does PostgreSQL's driver understand it?
    pub(crate) fn is_connection_string(&self) -> bool {
        self.0.parse::<tokio_postgres::Config>().is_ok_and(|read| !read.get_hosts().is_empty())
    }

    /// The string without its passwords.
    fn hidden(&self) -> String {
        match self.0.split_once("://") {
            Some((scheme, rest)) => format!("{scheme}://{}", hidden_in_url(rest)),
            None => hidden_in_pairs(&self.0),
        }
    }
}

/// `user:password@host/database?name=value&…`
fn hidden_in_url(rest: &str) -> String {
    // The last `@`: a password may hold one, and what looks like more of it is better hidden.
    let (user, place) = match rest.rsplit_once('@') {
        Some((user, place)) => (Some(user), place),
        None => (None, rest),
    };
    let user = user.map_or_else(String::new, |user| match user.split_once(':') {
        Some((name, _)) => format!("{name}:{HIDDEN}@"),
        None => format!("{user}@"),
    });
    let Some((place, query)) = place.split_once('?') else { return format!("{user}{place}") };
    let query = query.split('&').map(|parameter| match parameter.split_once('=') {
        Some((name, _)) if SECRETS.contains(&name) => format!("{name}={HIDDEN}"),
        _ => parameter.to_owned(),
    });
    format!("{user}{place}?{}", query.collect::<Vec<_>>().join("&"))
}

/// `name=value name = 'a value'`: blanks may stand around `=`, quotes around the value, and
/// backslashes before quotes and backslashes.
fn hidden_in_pairs(text: &str) -> String {
    let mut shown = Vec::new();
    let mut rest = text.trim_start();
    while let Some((name, after)) = rest.split_once('=') {
        let after = after.trim_start();
        let (value, next) = after.split_at(end_of_value(after));
        let value = if SECRETS.contains(&name.trim()) { HIDDEN } else { value };
        shown.push(format!("{}={value}", name.trim()));
        rest = next.trim_start();
    }
    shown.join(" ")
}

fn end_of_value(text: &str) -> usize {
    let quoted = text.starts_with('\'');
    let mut escaped = false;
    for (at, letter) in text.char_indices().skip(usize::from(quoted)) {
        if escaped {
            escaped = false;
        } else if letter == '\\' {
            escaped = true;
        } else if quoted && letter == '\'' {
            return at.saturating_add(1);
        } else if !quoted && letter.is_whitespace() {
            return at;
        }
    }
    text.len()
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.hidden())
    }
}

impl Serialize for DatabaseUrl {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.hidden())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_spelling_of_a_password_is_shown() {
        for (url, shown) in [
            ("postgres://market:hunter2@db/m", "postgres://market:***@db/m"),
            ("postgres://market:hun@ter2@db/m", "postgres://market:***@db/m"),
            ("postgres://u@db/m?password=hunter2&a=b", "postgres://u@db/m?password=***&a=b"),
            ("host=db password=hunter2 dbname=m", "host=db password=*** dbname=m"),
            ("host=db password = 'hunter2 \\' three' dbname=m", "host=db password=*** dbname=m"),
            ("host=/run/pg user=market", "host=/run/pg user=market"),
        ] {
            assert_eq!(format!("{:?}", DatabaseUrl(url.to_owned())), shown);
        }
    }

    #[test]
    fn a_connection_string_names_a_server() {
        for (text, right) in [
            ("postgresql://market@db:5433/market", true),
            ("host=/var/run/postgresql user=market", true),
            ("user=market", false),
            ("http://db/market", false),
            ("nonsense", false),
        ] {
            assert_eq!(DatabaseUrl(text.to_owned()).is_connection_string(), right, "{text}");
        }
    }
}
