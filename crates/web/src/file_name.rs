//! Names that people give their files: kept for people, never used as a path.

use std::fmt;

use kernel::Line;

/// How long a name may be; longer ones are cut.
const MOST: usize = 120;

/// The name of an uploaded file, made harmless: no folders, no control characters, nothing that
/// turns the direction of writing (`gpj.exe` must not look like `exe.jpg`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileName(String);

impl FileName {
    /// What is left of the name that a client sent; `file` if nothing is.
    #[must_use]
    pub fn of(sent: &str) -> Self {
        // How browsers write these three in the head of a form's part.
        let sent = sent.replace("%22", "").replace("%0D", "").replace("%0A", "");
        let last = sent.rsplit(['/', '\\']).next().unwrap_or_default();
        let harmless: String = last.chars().filter(|c| !is_harmful(*c)).take(MOST).collect();
        let trimmed = harmless.trim_matches(|c: char| c == '.' || c.is_whitespace());
        Self(if trimmed.is_empty() { "file".to_owned() } else { trimmed.to_owned() })
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its extension in lower case, without the dot; empty if it has none.
    #[must_use]
    pub fn extension(&self) -> String {
        self.0.rsplit_once('.').map_or_else(String::new, |(_, end)| end.to_ascii_lowercase())
    }

    /// The name, ending in one of these extensions: in its own if that is among them, else in the
    /// first. What a file is decides how it is called, not the other way round.
    #[must_use]
    pub fn ending_in(&self, extensions: &[&str]) -> Self {
        let own = self.extension();
        match extensions.first() {
            Some(first) if !extensions.contains(&own.as_str()) => {
                let room = MOST.saturating_sub(first.len()).saturating_sub(1);
                let stem: String = self.0.chars().take(room).collect();
                Self(format!("{stem}.{first}"))
            }
            Some(_) | None => self.clone(),
        }
    }

    /// The name as a line of text.
    ///
    /// # Errors
    /// Never for a name that was made here.
    pub fn line(&self) -> Result<Line<200>, kernel::Fault> {
        self.0.parse()
    }
}

fn is_harmful(c: char) -> bool {
    let turns = matches!(c, '\u{200E}' | '\u{200F}' | '\u{061C}'
        | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    let unseen = matches!(c, '\u{200B}'..='\u{200D}' | '\u{2028}' | '\u{2029}' | '\u{FEFF}');
    turns || unseen || c.is_control() || "<>:\"|?*;".contains(c)
}

impl fmt::Display for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_never_a_path_nor_a_header() {
        for (sent, kept) in [
            ("报告 2026.pdf", "报告 2026.pdf"),
            ("../../etc/passwd", "passwd"),
            ("..\\..\\windows\\system.ini", "system.ini"),
            ("a\r\nSet-Cookie: x=1.pdf", "aSet-Cookie x=1.pdf"),
            ("\"quoted\".pdf", "quoted.pdf"),
            ("%22; filename=a%0D%0A.pdf", "filename=a.pdf"),
            ("纯度 99%.pdf", "纯度 99%.pdf"),
            ("gpj\u{202E}exe.pdf", "gpjexe.pdf"),
            ("...", "file"),
            ("", "file"),
            (" .hidden ", "hidden"),
            ("a/", "file"),
            ("nul\0.pdf", "nul.pdf"),
        ] {
            assert_eq!(FileName::of(sent).as_str(), kept, "{sent:?}");
        }
        assert_eq!(FileName::of(&"长".repeat(500)).as_str().chars().count(), MOST);
        assert!(FileName::of(&"长".repeat(500)).line().is_ok());
    }

    #[test]
    fn the_extension_follows_what_the_file_is() {
        let named = |sent: &str, ends: &[&str]| FileName::of(sent).ending_in(ends).to_string();
        assert_eq!(named("photo.JPEG", &["jpg", "jpeg"]), "photo.JPEG");
        assert_eq!(named("notes.exe", &["txt"]), "notes.exe.txt");
        assert_eq!(named("notes", &["txt"]), "notes.txt");
        let long = FileName::of(&"长".repeat(500)).ending_in(&["txt"]);
        assert!(long.as_str().ends_with("长.txt"));
        assert_eq!(FileName::of(long.as_str()), long);
    }
}
