//! Whom to call: personal data, masked wherever a stranger or a log might read it.

use std::fmt;

use kernel::{Email, Line, Phone};

/// Whom to call about an organisation.
#[derive(Clone, PartialEq, Eq)]
pub struct Contact {
    /// A person's name.
    pub name: Line<100>,
    /// Their telephone number.
    pub phone: Option<Phone>,
    /// Their e-mail address.
    pub email: Option<Email>,
}

impl fmt::Debug for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Contact(****)")
    }
}

/// A person's name as strangers see it: its first character, `王**`.
#[must_use]
pub fn masked_name(name: &str) -> String {
    name.chars().take(1).chain("**".chars()).collect()
}

/// An e-mail address as strangers see it: `l***@example.cn`.
#[must_use]
pub fn masked_email(email: &Email) -> String {
    let (local, domain) = email.as_str().split_once('@').unwrap_or_default();
    local.chars().take(1).chain("***@".chars()).chain(domain.chars()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strangers_see_masks() {
        assert_eq!(masked_name("王小兰"), "王**");
        assert_eq!(masked_email(&"lan@example.cn".parse().unwrap()), "l***@example.cn");
    }

    #[test]
    fn logs_see_nothing() {
        let contact = Contact {
            name: "王小兰".parse().unwrap(),
            phone: Some("13800001234".parse().unwrap()),
            email: Some("lan@example.cn".parse().unwrap()),
        };
        assert_eq!(format!("{contact:?} {:?}", contact.phone), "Contact(****) Some(Phone(****))");
    }
}
