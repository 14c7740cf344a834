//! Requests of several parts, each with a transaction of its own, so that what is wrong with one
//! part keeps no other from being done.
//!
//! Under an `Idempotency-Key` each part keeps its own answer as it is done, and the whole answer is
//! kept at the end: a request that was cut off in the middle is finished by being sent again.

use actix_web::{HttpMessage, http::StatusCode};
use kernel::{Field, Status};
use serde::Serialize;
use store::{
    Command, Failure, Kept, Outcome, Request,
    refusals::{KEY_IN_USE, KEY_REUSED},
};

use crate::{
    Answer, Problem, ProblemView, RequestId, Resource, Write,
    refusals::INTERNAL_ERROR,
    write::{rendered, sent},
};

impl<T, S, G> Write<T, S, G> {
    /// The whole answer that was given before under the request's key.
    ///
    /// # Errors
    /// 409 `idempotency_key_in_use`, 422 `idempotency_key_reused`, 401 `rights_changed`.
    pub async fn answer_before(&self) -> Result<Option<Answer>, Problem> {
        let before = self.db.earlier_answer(&self.request).await?;
        Ok(before.map(|kept| Ok(sent(kept, StatusCode::OK))))
    }

    /// Runs the command of one part, whose answer shows a thing: 201 if it is new, else 200.
    ///
    /// # Errors
    /// What the command refuses.
    pub async fn part<C: Command, V: Serialize + Resource>(
        &self,
        number: usize,
        command: C,
        is_new: impl Fn(&C::Output) -> bool + Send + Sync + 'static,
        view: impl Fn(&C::Output) -> V + Send + Sync + 'static,
    ) -> Outcome<Kept> {
        let key = self.request.key.as_ref().map(|key| key.part(number));
        let request = Request { key, ..self.request.clone() };
        let render = move |output: &C::Output| {
            let status = if is_new(output) { StatusCode::CREATED } else { StatusCode::OK };
            rendered(status, &view(output))
        };
        self.db.answer(request, command, render).await
    }

    /// Why one part was not done, in the reader's words; `place` is where in the body the part
    /// stands.
    ///
    /// # Errors
    /// The failure itself, if it is of the whole request: who asks, or under which key.
    pub fn problem_of_part(&self, place: &str, failure: Failure) -> Result<ProblemView, Problem> {
        let names = self.http.extensions().get::<RequestId>().map(|names| names.trace_id.clone());
        let (trace_id, path) = (names.unwrap_or_default(), self.http.path());
        let Some(mut refusal) = failure.refusal() else {
            tracing::error!(%failure, place, "a part of a request broke");
            return Ok(ProblemView::unrefused(&INTERNAL_ERROR, self.language(), path, &trace_id));
        };
        let of_key = refusal.reason == &KEY_IN_USE || refusal.reason == &KEY_REUSED;
        if of_key || refusal.reason.status == Status::Unauthenticated {
            return Err(failure.into());
        }
        for Field { pointer, .. } in &mut refusal.fields {
            if pointer.is_empty() || pointer.starts_with('/') {
                pointer.insert_str(0, place);
            }
        }
        Ok(ProblemView::new(&refusal, self.language(), path, &trace_id))
    }

    /// Answers 200 with what has come of every part. What did not come about for now only
    /// (`is_final` is false) may be sent again under the same key, and is done then.
    ///
    /// # Errors
    /// If the answer cannot be kept.
    pub async fn answer_of_parts<V: Serialize>(self, view: &V, is_final: bool) -> Answer {
        let body = serde_json::to_string(view)?;
        let mut kept = Kept { status: 200, etag: None, location: None, body };
        if is_final {
            kept = self.db.keep_answer(self.request.clone(), kept).await?;
        }
        Ok(sent(kept, StatusCode::OK))
    }
}
