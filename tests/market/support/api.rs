//! A client that speaks as one person, and checks every answer against the API description.

use std::sync::{Arc, LazyLock};

use reqwest::{Method, StatusCode, header::HeaderMap};
use serde_json::{Value, json};

use super::description::Description;

static HTTP: LazyLock<reqwest::Client> = LazyLock::new(|| {
    reqwest::Client::builder().pool_max_idle_per_host(0).build().expect("an HTTP client")
});
static DESCRIPTION: LazyLock<Description> = LazyLock::new(Description::committed);

/// Somebody who sends requests: nobody in particular, or a person with a token.
#[derive(Clone, Debug)]
pub(crate) struct Api {
    base: Arc<str>,
    token: Option<Arc<str>>,
    language: &'static str,
}

/// An answer: status, headers, and the body as JSON (null if it is empty).
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
    /// The body as it was sent.
    pub(crate) raw: String,
    /// The same, whatever it is.
    pub(crate) bytes: Vec<u8>,
    asked: String,
}

/// A form with files (`multipart/form-data`), written by hand so that it may be wrong.
#[derive(Clone, Debug, Default)]
pub(crate) struct Form(Vec<u8>);

impl Form {
    pub(crate) const MEDIA_TYPE: &'static str = "multipart/form-data; boundary=XbordeR";

    /// What `add_attachment` takes.
    pub(crate) fn attachment(visibility: &str, name: &str, content: impl AsRef<[u8]>) -> Self {
        let form = Self::default().text("visibility", visibility).text("title", name);
        form.text("non_secret_declared", "true").file(name, content)
    }

    pub(crate) fn text(mut self, name: &str, value: &str) -> Self {
        let head = format!("--XbordeR\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n");
        self.0.extend([head.as_bytes(), value.as_bytes(), b"\r\n"].concat());
        self
    }

    pub(crate) fn file(mut self, name: &str, content: impl AsRef<[u8]>) -> Self {
        let name = name.replace('"', "%22").replace(['\r', '\n'], " ");
        let head = format!(
            "--XbordeR\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
             Content-Type: application/pdf\r\n\r\n"
        );
        self.0.extend([head.as_bytes(), content.as_ref(), b"\r\n"].concat());
        self
    }

    pub(crate) fn finish(mut self) -> Vec<u8> {
        self.0.extend(b"--XbordeR--\r\n");
        self.0
    }
}

/// A request being made.
pub(crate) struct Ask<'a> {
    api: &'a Api,
    method: Method,
    path: String,
    body: Option<Vec<u8>>,
    headers: Vec<(&'static str, String)>,
}

impl Api {
    pub(crate) fn anyone(base: &str) -> Self {
        Self { base: base.into(), token: None, language: "en" }
    }

    pub(crate) fn with_token(&self, token: &str) -> Self {
        Self { token: Some(token.into()), ..self.clone() }
    }

    /// `http://127.0.0.1:…`
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    pub(crate) fn token(&self) -> String {
        self.token.as_deref().unwrap_or_default().to_owned()
    }

    /// Host and port.
    pub(crate) fn address(&self) -> &str {
        self.base.trim_start_matches("http://")
    }

    pub(crate) fn in_chinese(&self) -> Self {
        Self { language: "zh-CN", ..self.clone() }
    }

    pub(crate) fn get(&self, path: impl Into<String>) -> Ask<'_> {
        self.ask(Method::GET, path)
    }

    /// A POST without a body.
    pub(crate) fn act(&self, path: impl Into<String>) -> Ask<'_> {
        self.ask(Method::POST, path)
    }

    pub(crate) fn post(&self, path: impl Into<String>, body: Value) -> Ask<'_> {
        self.ask(Method::POST, path).json(body)
    }

    pub(crate) fn put(&self, path: impl Into<String>, body: Value) -> Ask<'_> {
        self.ask(Method::PUT, path).json(body)
    }

    pub(crate) fn patch(&self, path: impl Into<String>, body: Value) -> Ask<'_> {
        self.ask(Method::PATCH, path).json(body)
    }

    pub(crate) fn ask(&self, method: Method, path: impl Into<String>) -> Ask<'_> {
        Ask { api: self, method, path: path.into(), body: None, headers: Vec::new() }
    }
}

impl Ask<'_> {
    pub(crate) fn json(mut self, body: Value) -> Self {
        self.body = Some(body.to_string().into_bytes());
        self.header("content-type", "application/json")
    }

    pub(crate) fn raw_body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = Some(body.into());
        self
    }

    pub(crate) fn form(self, form: Form) -> Self {
        self.raw_body(form.finish()).header("content-type", Form::MEDIA_TYPE)
    }

    pub(crate) fn raw(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = Some(body.into());
        self.header("content-type", "application/json")
    }

    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Means the version that was last read: `If-Match` with that reply's `ETag`.
    pub(crate) fn if_match(self, reply: &Reply) -> Self {
        let etag = reply.etag();
        self.header("if-match", etag)
    }

    pub(crate) fn key(self, key: impl Into<String>) -> Self {
        self.header("idempotency-key", key)
    }

    /// Sends the request and checks the answer against the API description.
    pub(crate) async fn send(self) -> Reply {
        let path =
            if self.path.starts_with('/') { self.path } else { format!("/api/v1/{}", self.path) };
        let mut request = HTTP
            .request(self.method.clone(), format!("{}{path}", self.api.base))
            .header("accept-language", self.api.language);
        if let Some(token) = &self.api.token {
            request = request.bearer_auth(token);
        }
        for (name, value) in self.headers {
            request = request.header(name, value);
        }
        if let Some(body) = self.body {
            request = request.body(body);
        }
        let response = request.send().await.expect("an answer");
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = response.bytes().await.expect("a body").to_vec();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let body = serde_json::from_str(&text).unwrap_or(if text.is_empty() {
            Value::Null
        } else {
            json!(text)
        });
        let asked = format!("{} {path}", self.method);
        DESCRIPTION.check(&self.method, &path, status, &headers, &body);
        Reply { status, headers, body, raw: text, bytes, asked }
    }

    /// Sends the request, which must succeed.
    pub(crate) async fn ok(self) -> Reply {
        let reply = self.send().await;
        assert!(reply.status.is_success(), "{}: {} {:#}", reply.asked, reply.status, reply.body);
        reply
    }

    /// Sends the request, which must be refused with this status and code.
    pub(crate) async fn refused(self, status: u16, code: &str) -> Reply {
        let reply = self.send().await;
        let found = (reply.status.as_u16(), reply.body["code"].as_str().unwrap_or("no code"));
        assert_eq!(found, (status, code), "{}: {:#}", reply.asked, reply.body);
        reply
    }

    /// Sends the request, which must be refused with 400 or 422 for this field and reason.
    pub(crate) async fn faulty(self, status: u16, pointer: &str, code: &str) -> Reply {
        let reply = self.send().await;
        assert_eq!(reply.status.as_u16(), status, "{}: {:#}", reply.asked, reply.body);
        let faults: Vec<(&str, &str)> = reply.body["errors"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|e| (e["pointer"].as_str().unwrap_or(""), e["code"].as_str().unwrap_or("")))
            .collect();
        assert!(
            faults.contains(&(pointer, code)),
            "{}: {faults:?} has no ({pointer}, {code})",
            reply.asked
        );
        reply
    }
}

impl Reply {
    pub(crate) fn id(&self) -> &str {
        self.text("id")
    }

    pub(crate) fn text(&self, field: &str) -> &str {
        self.body[field]
            .as_str()
            .unwrap_or_else(|| panic!("{}: no text {field} in {:#}", self.asked, self.body))
    }

    pub(crate) fn fen(&self, field: &str) -> i64 {
        self.body[field]
            .as_i64()
            .unwrap_or_else(|| panic!("{}: no sum {field} in {:#}", self.asked, self.body))
    }

    pub(crate) fn items(&self) -> &[Value] {
        self.body["items"]
            .as_array()
            .unwrap_or_else(|| panic!("{}: no items in {:#}", self.asked, self.body))
    }

    pub(crate) fn etag(&self) -> String {
        let etag = self.headers.get("etag").unwrap_or_else(|| panic!("{}: no ETag", self.asked));
        etag.to_str().expect("an ETag").to_owned()
    }
}
