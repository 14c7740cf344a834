//! What the audience sees.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use clap::ValueEnum;
use kernel::{Fen, Words};
use serde_json::Value;

/// The language of the transcript, and of the answers that the story asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Language {
    /// Chinese.
    Zh,
    /// English.
    #[default]
    En,
}

impl Language {
    /// The words in this language.
    pub fn pick<T>(self, words: Words<T>) -> T {
        match self {
            Self::Zh => words.zh,
            Self::En => words.en,
        }
    }

    /// A sum of money as people read it.
    pub(super) fn yuan(self, sum: Fen) -> String {
        match self {
            Self::Zh => format!("{sum} 元"),
            Self::En => format!("{sum} yuan"),
        }
    }

    pub(super) const fn tag(self) -> &'static str {
        match self {
            Self::Zh => "zh-CN",
            Self::En => "en",
        }
    }
}

/// So much of a request's body is shown.
const GIST_CHARACTERS: usize = 150;

const TITLE: Style = Style::new().bold();
const REQUEST: Style = AnsiColor::Cyan.on_default();
const ANSWER: Style = AnsiColor::Green.on_default();
const REFUSAL: Style = AnsiColor::Red.on_default();
const QUOTE: Style = Style::new().dimmed();

/// Writes the transcript; colours only where a terminal shows them.
pub(super) struct Transcript {
    language: Language,
    out: anstream::AutoStream<io::Stdout>,
    steps: u32,
}

impl Transcript {
    pub(super) fn new(language: Language) -> Self {
        Self { language, out: anstream::stdout(), steps: 0 }
    }

    pub(super) const fn language(&self) -> Language {
        self.language
    }

    pub(super) fn title(&mut self, words: Words<&str>) -> io::Result<()> {
        let words = self.language.pick(words);
        writeln!(self.out, "\n{TITLE}━━ {words} ━━{TITLE:#}")
    }

    pub(super) fn step(&mut self, who: &str, what: &str) -> io::Result<()> {
        self.steps += 1;
        writeln!(self.out, "\n{TITLE}{:>2}. {who}{TITLE:#} {what}", self.steps)
    }

    pub(super) fn request(
        &mut self,
        method: &str,
        path: &str,
        body: Option<&Value>,
    ) -> io::Result<()> {
        writeln!(self.out, "    {REQUEST}{method} {path}{REQUEST:#}")?;
        let shown = body.filter(|body| body.as_object().is_some_and(|fields| !fields.is_empty()));
        let Some(body) = shown else { return Ok(()) };
        writeln!(self.out, "    {QUOTE}{}{QUOTE:#}", gist(body))
    }

    pub(super) fn answer(&mut self, status: u16, essence: &str) -> io::Result<()> {
        writeln!(self.out, "    {ANSWER}→ {status}{ANSWER:#} {essence}")?;
        self.out.flush()
    }

    pub(super) fn refusal(&mut self, status: u16, problem: &str) -> io::Result<()> {
        writeln!(self.out, "    {REFUSAL}→ {status}{REFUSAL:#} {problem}")?;
        self.out.flush()
    }

    pub(super) fn line(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "      {text}")
    }

    pub(super) fn quote(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "        {QUOTE}“{text}”{QUOTE:#}")
    }
}

/// The beginning of what is sent, without the password in it.
fn gist(body: &Value) -> String {
    let mut body = body.clone();
    if let Some(password) = body.pointer_mut("/account/password") {
        *password = "****".into();
    }
    let text = body.to_string();
    match text.char_indices().nth(GIST_CHARACTERS) {
        None => text,
        Some((end, _)) => format!("{} …", text.get(..end).unwrap_or_default()),
    }
}
