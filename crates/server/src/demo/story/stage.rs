//! People who send requests, each with an account of their own.

use anyhow::{Context, bail};
use kernel::Words;
use reqwest::{Client, Method};
use serde_json::{Value, json};

use super::transcript::{Language, Transcript};

/// Somebody in the story.
#[derive(Clone, Debug)]
pub(super) struct Person {
    /// What the transcript calls them.
    pub(super) name: Words<&'static str>,
    /// Their organisation's id.
    pub(super) organisation: String,
    token: String,
}

/// An answer.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) body: Value,
    etag: Option<String>,
}

impl Reply {
    pub(super) fn text(&self, field: &str) -> anyhow::Result<&str> {
        let found = self.body.get(field).and_then(Value::as_str);
        found.with_context(|| format!("the answer has no text `{field}`: {}", self.body))
    }

    pub(super) fn id(&self) -> anyhow::Result<String> {
        self.text("id").map(str::to_owned)
    }

    pub(super) fn items(&self) -> &[Value] {
        self.body.get("items").and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }
}

/// A request of the story.
pub(super) struct Scene<'a> {
    pub(super) what: Words<&'a str>,
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) body: Option<Value>,
    /// The version that is meant: that of this answer.
    pub(super) means: Option<&'a Reply>,
}

impl<'a> Scene<'a> {
    pub(super) fn get(what: Words<&'a str>, path: impl Into<String>) -> Self {
        Self { what, method: Method::GET, path: path.into(), body: None, means: None }
    }

    pub(super) fn post(what: Words<&'a str>, path: impl Into<String>, body: Value) -> Self {
        Self { what, method: Method::POST, path: path.into(), body: Some(body), means: None }
    }

    pub(super) fn on(mut self, reply: &'a Reply) -> Self {
        self.means = Some(reply);
        self
    }
}

/// Where the story is played.
pub(super) struct Stage {
    http: Client,
    base: String,
    pub(super) out: Transcript,
    /// Makes idempotency keys of this run unique.
    run: i64,
    asked: u32,
}

impl Stage {
    pub(super) fn new(base: &str, language: Language, run: i64) -> anyhow::Result<Self> {
        let http = Client::builder().build().context("an HTTP client")?;
        Ok(Self { http, base: base.to_owned(), out: Transcript::new(language), run, asked: 0 })
    }

    pub(super) const fn language(&self) -> Language {
        self.out.language()
    }

    pub(super) fn say(&self, words: Words<&'static str>) -> &'static str {
        self.language().pick(words)
    }

    /// Plays a scene in the open: who, what, the request, and the essence of the answer.
    pub(super) async fn play(
        &mut self,
        who: &Person,
        scene: Scene<'_>,
        essence: impl Fn(&Value) -> String,
    ) -> anyhow::Result<Reply> {
        let name = self.say(who.name);
        let what = self.out.language().pick(scene.what);
        self.out.step(name, what)?;
        self.show(Some(who), scene, essence).await
    }

    /// Plays a scene by nobody in particular.
    pub(super) async fn play_anyone(
        &mut self,
        who: Words<&'static str>,
        scene: Scene<'_>,
        essence: impl Fn(&Value) -> String,
    ) -> anyhow::Result<Reply> {
        let what = self.out.language().pick(scene.what);
        let name = self.say(who);
        self.out.step(name, what)?;
        self.show(None, scene, essence).await
    }

    /// Another request of the same step.
    pub(super) async fn show(
        &mut self,
        who: Option<&Person>,
        scene: Scene<'_>,
        essence: impl Fn(&Value) -> String,
    ) -> anyhow::Result<Reply> {
        let path = format!("/api/v1/{}", scene.path);
        self.out.request(scene.method.as_str(), &path, scene.body.as_ref())?;
        let (status, reply) = self.send(who, &scene, &path).await?;
        if !(200..300).contains(&status) {
            self.out.refusal(status, &serde_json::to_string_pretty(&reply.body)?)?;
            bail!("{} {path} was refused with {status}", scene.method);
        }
        self.out.answer(status, &essence(&reply.body))?;
        Ok(reply)
    }

    /// A request behind the scenes.
    pub(super) async fn quietly(
        &mut self,
        who: Option<&Person>,
        scene: Scene<'_>,
    ) -> anyhow::Result<Reply> {
        let path = format!("/api/v1/{}", scene.path);
        let (status, reply) = self.send(who, &scene, &path).await?;
        if !(200..300).contains(&status) {
            bail!("{} {path} was refused with {status}: {}", scene.method, reply.body);
        }
        Ok(reply)
    }

    /// Signs somebody in.
    pub(super) async fn enter(
        &mut self,
        name: Words<&'static str>,
        email: &str,
        password: &str,
    ) -> anyhow::Result<Person> {
        let form = json!({ "email": email, "password": password });
        let signing_in = Words::new("登录", "signs in");
        let session = self.quietly(None, Scene::post(signing_in, "sessions", form)).await?;
        let token = session.text("access_token")?.to_owned();
        let person = Person { name, organisation: String::new(), token };
        let me = self.quietly(Some(&person), Scene::get(signing_in, "me")).await?;
        let organisation = me.body.pointer("/organisation/id").and_then(Value::as_str);
        let organisation = organisation.context("`me` names no organisation")?.to_owned();
        Ok(Person { organisation, ..person })
    }

    async fn send(
        &mut self,
        who: Option<&Person>,
        scene: &Scene<'_>,
        path: &str,
    ) -> anyhow::Result<(u16, Reply)> {
        self.asked += 1;
        let mut request = self
            .http
            .request(scene.method.clone(), format!("{}{path}", self.base))
            .header("accept-language", self.out.language().tag());
        if let Some(person) = who {
            request = request.bearer_auth(&person.token);
        }
        if scene.method == Method::POST && !scene.path.starts_with("sessions") {
            request = request.header("idempotency-key", format!("{}-{}", self.run, self.asked));
        }
        if let Some(etag) = scene.means.and_then(|reply| reply.etag.as_ref()) {
            request = request.header("if-match", etag);
        }
        if let Some(body) = &scene.body {
            request = request.json(body);
        }
        let answer = request.send().await.with_context(|| format!("{} {path}", scene.method))?;
        let status = answer.status().as_u16();
        let etag = answer.headers().get("etag").and_then(|value| value.to_str().ok());
        let etag = etag.map(str::to_owned);
        let text = answer.text().await?;
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Ok((status, Reply { body, etag }))
    }
}
