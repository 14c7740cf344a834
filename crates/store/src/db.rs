//! Reading and writing.

use std::{sync::Arc, time::Duration};

use anyhow::{Context, anyhow};
use diesel::sql_types::{Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::{
    AnsiTransactionManager, AsyncPgConnection, RunQueryDsl, TransactionManager,
    pooled_connection::deadpool::Pool,
};
use kernel::Caller;
use serde_json::Value;
use tokio::sync::Notify;

use crate::{
    Clock, Command, Conn, Failure, Outcome, PoolSettings, Reader, Tx,
    idempotency::{self, KeepAnswer, Kept, KeyUse, Opened},
    pool::{self, Use},
    refusals,
};

/// How often a transaction that lost a race is run, in all.
const TRIES: u32 = 5;

/// The database: cheap to clone, shared by everything that runs.
#[derive(Clone)]
pub struct Db {
    readers: Pool<AsyncPgConnection>,
    writers: Pool<AsyncPgConnection>,
    clock: Clock,
    announced: Arc<Notify>,
}

/// On whose behalf a write is done.
#[derive(Clone, Debug)]
pub struct Request {
    /// Who asks.
    pub caller: Caller,
    /// The request's id, for the audit trail and the log.
    pub id: String,
    /// The `Idempotency-Key`, if one was sent.
    pub key: Option<KeyUse>,
}

impl Request {
    /// A write of the market's own, on nobody's behalf.
    #[must_use]
    pub fn own(job: &str) -> Self {
        Self { caller: Caller::Anyone, id: job.to_owned(), key: None }
    }
}

/// What a write has come to: done now, or done earlier under the same key.
enum Done<T> {
    Now(T, Option<Kept>),
    Earlier(Kept),
}

type Render<T> = Arc<dyn Fn(&T) -> Outcome<Kept> + Send + Sync>;

diesel::define_sql_function! {
    /// The first statement of a write; see the migration `ground`.
    fn ground_open_write(
        account: Nullable<SqlUuid>, caller: Text, key: Nullable<Text>,
    ) -> Jsonb;
}

diesel::define_sql_function! {
    /// The last statement of a write; see the migration `ground`.
    fn ground_close_write(
        at: Timestamptz, account: Nullable<SqlUuid>, organisation: Nullable<SqlUuid>,
        act: Text, request: Text, audit: Jsonb, news: Jsonb,
    ) -> diesel::sql_types::BigInt;
}

impl Db {
    /// The database at `url`. Connections are made when they are first needed.
    ///
    /// # Errors
    /// If `url` is not a PostgreSQL connection string.
    pub fn new(url: &str, settings: &PoolSettings, clock: Clock) -> anyhow::Result<Self> {
        Ok(Self {
            readers: pool::pool(url, settings, Use::Read)?,
            writers: pool::pool(url, settings, Use::Write)?,
            clock,
            announced: Arc::new(Notify::new()),
        })
    }

    /// What time it is.
    #[must_use]
    pub const fn clock(&self) -> &Clock {
        &self.clock
    }

    /// A connection for reads; its transactions are read-only.
    ///
    /// # Errors
    /// 503 if none is free in time.
    pub async fn reader(&self) -> Outcome<Reader> {
        pool::take(&self.readers).await
    }

    /// Runs a command of the market's own or of a caller without an `Idempotency-Key`.
    ///
    /// # Errors
    /// What the command refuses, or what broke.
    pub async fn write<C: Command>(&self, caller: Caller, command: C) -> Outcome<C::Output> {
        self.write_for(Request { caller, id: C::ACT.to_owned(), key: None }, command).await
    }

    /// Runs a command on behalf of a request without keeping an answer: for answers with secrets,
    /// which are never stored. The audit trail names the request.
    ///
    /// # Errors
    /// What the command refuses, or what broke.
    pub async fn write_for<C: Command>(&self, request: Request, command: C) -> Outcome<C::Output> {
        match self.spawned(Request { key: None, ..request }, command, None).await? {
            Done::Now(output, _) => Ok(output),
            Done::Earlier(_) => Err(anyhow!("an answer without a key").into()),
        }
    }

    /// Runs a command for a request and renders its answer, which is kept under the request's
    /// `Idempotency-Key`; a repeated request gets the first answer again.
    ///
    /// # Errors
    /// What the command refuses, or what broke.
    pub async fn answer<C: Command>(
        &self,
        request: Request,
        command: C,
        render: impl Fn(&C::Output) -> Outcome<Kept> + Send + Sync + 'static,
    ) -> Outcome<Kept> {
        match self.spawned(request, command, Some(Arc::new(render))).await? {
            Done::Now(_, Some(kept)) | Done::Earlier(kept) => Ok(kept),
            Done::Now(_, None) => Err(anyhow!("an answer that was not rendered").into()),
        }
    }

    /// The answer that was given before under the request's key; none if it is the first. For an
    /// answer of several transactions, which each keep their part under [`KeyUse::part`].
    ///
    /// # Errors
    /// 409 `idempotency_key_in_use`, 422 `idempotency_key_reused`, 401 `rights_changed`.
    pub async fn earlier_answer(&self, request: &Request) -> Outcome<Option<Kept>> {
        let mut conn = self.reader().await?;
        open(&mut conn, request).await
    }

    /// Keeps an answer of several transactions under the request's key, once they are done; if
    /// another request was faster, its answer is the one to give.
    ///
    /// # Errors
    /// As [`Self::earlier_answer`].
    pub async fn keep_answer(&self, request: Request, answer: Kept) -> Outcome<Kept> {
        if request.key.is_none() {
            return Ok(answer);
        }
        self.answer(request, KeepAnswer(answer), |answer| Ok(answer.clone())).await
    }

    /// Wakes when this process has announced events.
    pub async fn announced(&self) {
        self.announced.notified().await;
    }

    pub(crate) async fn writer(&self) -> Outcome<Reader> {
        pool::take(&self.writers).await
    }

    /// Runs the write in a task of its own: a client that hangs up drops its handler, and a
    /// transaction must never be dropped halfway.
    async fn spawned<C: Command>(
        &self,
        request: Request,
        command: C,
        render: Option<Render<C::Output>>,
    ) -> Outcome<Done<C::Output>> {
        let db = self.clone();
        let span = tracing::Span::current();
        let task = async move { db.with_retries(&request, &command, render.as_ref()).await };
        tokio::spawn(tracing::Instrument::instrument(task, span))
            .await
            .context("a write's task died")?
    }

    async fn with_retries<C: Command>(
        &self,
        request: &Request,
        command: &C,
        render: Option<&Render<C::Output>>,
    ) -> Outcome<Done<C::Output>> {
        let mut tries = 1;
        loop {
            let failure = match self.once(request, command, render).await {
                Ok(done) => return Ok(done),
                Err(failure) => failure,
            };
            let unknown_but_kept = matches!(&failure, Failure::Refused(refusal)
                if refusal.reason == &refusals::OUTCOME_UNKNOWN && request.key.is_some());
            if tries == TRIES || !(failure.is_worth_another_try() || unknown_but_kept) {
                return Err(failure);
            }
            tracing::debug!(act = C::ACT, tries, %failure, "trying again");
            let most_ms = (5_u64 << (2 * tries)).min(200);
            let pause = rand::random_range(5..=most_ms.max(6));
            tokio::time::sleep(Duration::from_millis(pause)).await;
            tries += 1;
        }
    }

    /// One transaction.
    async fn once<C: Command>(
        &self,
        request: &Request,
        command: &C,
        render: Option<&Render<C::Output>>,
    ) -> Outcome<Done<C::Output>> {
        let mut conn = self.writer().await?;
        AnsiTransactionManager::begin_transaction(&mut *conn).await?;
        let body = self.body(&mut conn, request, command, render).await;
        match body {
            Ok((done, announced)) => {
                commit(&mut conn).await?;
                if announced {
                    self.announced.notify_one();
                }
                Ok(done)
            }
            Err(failure) => {
                // A lost connection rolls back by itself; a failed rollback leaves a connection
                // that the pool throws away.
                let _ = AnsiTransactionManager::rollback_transaction(&mut *conn).await;
                Err(failure)
            }
        }
    }

    /// What happens between BEGIN and COMMIT, and whether events were announced.
    async fn body<C: Command>(
        &self,
        conn: &mut Conn,
        request: &Request,
        command: &C,
        render: Option<&Render<C::Output>>,
    ) -> Outcome<(Done<C::Output>, bool)> {
        if let Some(kept) = open(conn, request).await? {
            return Ok((Done::Earlier(kept), false));
        }
        let now = self.clock.now();
        let mut tx = Tx::new(conn, request.caller, now);
        let output = command.clone().run(&mut tx).await?;
        let (audit, news) = tx.take_notes();
        let announced = !news.is_empty();
        let kept = render.map(|render| render(&output)).transpose()?;
        if !audit.is_empty() || announced {
            let actor = request.caller.actor();
            diesel::select(ground_close_write(
                now,
                actor.map(|actor| actor.account.uuid()),
                actor.map(|actor| actor.organisation.uuid()),
                C::ACT,
                &request.id,
                Value::Array(audit),
                Value::Array(news),
            ))
            .get_result::<i64>(conn)
            .await?;
        }
        if let (Some(key), Some(kept)) = (&request.key, &kept) {
            idempotency::keep(conn, key, kept, now).await?;
        }
        Ok((Done::Now(output, kept), announced))
    }
}

/// Checks that the caller's rights still stand, and looks for an earlier answer under the key.
async fn open(conn: &mut Conn, request: &Request) -> Outcome<Option<Kept>> {
    let actor = request.caller.actor();
    if actor.is_none() && request.key.is_none() {
        return Ok(None);
    }
    let opened: Value = diesel::select(ground_open_write(
        actor.map(|actor| actor.account.uuid()),
        request.key.as_ref().map_or("", |key| key.caller.as_str()),
        request.key.as_ref().map(|key| key.key.as_str()),
    ))
    .get_result(conn)
    .await?;
    let opened: Opened = serde_json::from_value(opened)?;
    if actor.is_some_and(|actor| opened.rights != Some(actor.rights_version)) {
        return Err(refusals::RIGHTS_CHANGED.refuse().into());
    }
    match &request.key {
        None => Ok(None),
        Some(key) => Ok(opened.earlier_answer(key)?),
    }
}

async fn commit(conn: &mut Conn) -> Outcome<()> {
    let committed = AnsiTransactionManager::commit_transaction(conn).await;
    committed.map_err(|error| {
        let failure = Failure::from(error);
        if failure.lost_connection() {
            tracing::error!(%failure, "connection lost during commit");
            refusals::OUTCOME_UNKNOWN
                .because("提交时与数据库失去联系", "the database was lost during the commit")
                .into()
        } else {
            failure
        }
    })
}
