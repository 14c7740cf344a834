//! Signing in and out.

use actix_web::{
    HttpResponse, delete, get,
    http::{StatusCode, header::LOCATION},
    post,
    web::Data,
};
use web::{Answer, Anyone, Hashing, NoBody, ProblemView, Read, SignedIn, Write};

use crate::{
    Authenticator, access,
    commands::{self, EndSession, Login, PasswordChange, RefreshSession, Refreshed},
    error::INVALID_REFRESH_TOKEN,
    http::{
        forms::{ChangePasswordForm, CreateSessionForm, RefreshSessionForm},
        views::{MeView, SessionView},
    },
    model::Network,
    queries,
};

/// Sign in
///
/// Gives an access token, good for 15 minutes, and a refresh token, good once. After five failures
/// in a row, an address is locked for 15 minutes for the network that they came from, and for that
/// network only. A login lasts 30 days, 7 if unused; for staff 12 hours, 2 if unused. The example is
/// an account of the demo world, which `script/demo` loads.
#[utoipa::path(
    tag = "access",
    operation_id = "create_session",
    security(()),
    request_body = CreateSessionForm,
    responses(
        (status = 201, description = "Signed in.", body = SessionView),
        (status = 400, description = "`malformed_json`, `malformed`, `body_too_slow`",
         body = ProblemView, content_type = "application/problem+json"),
        (status = 401, description = "`invalid_credentials`",
         body = ProblemView, content_type = "application/problem+json"),
        (status = 403, description = "`organisation_suspended`",
         body = ProblemView, content_type = "application/problem+json"),
        (status = 413, description = "`body_too_large`",
         body = ProblemView, content_type = "application/problem+json"),
        (status = 415, description = "`unsupported_media_type`",
         body = ProblemView, content_type = "application/problem+json"),
        (status = 422, description = "`invalid`",
         body = ProblemView, content_type = "application/problem+json"),
        (status = 429, description = "`login_locked`",
         body = ProblemView, content_type = "application/problem+json"),
        (status = 503, description = "`login_busy`, `overloaded`, `timed_out`, `unavailable`",
         body = ProblemView, content_type = "application/problem+json"),
    )
)]
#[post("/sessions")]
pub(super) async fn create_session(
    authenticator: Data<Authenticator>,
    write: Write<CreateSessionForm, Anyone, Hashing>,
) -> Answer {
    let CreateSessionForm { email, password } = write.body.clone();
    let login = Login { email, password, network: Network::of(write.client()) };
    let signed_in = commands::create_session(write.db(), authenticator.hasher(), login).await?;
    tokens(&authenticator, &signed_in, StatusCode::CREATED)
}

/// Stay signed in
///
/// Changes a refresh token for the next pair of tokens. A refresh token is good once: when one
/// comes back a second time, the login ends, because two hold what only one may have. So send
/// refreshes one after the other, and sign in again if the answer to one was lost.
#[utoipa::path(
    tag = "access",
    operation_id = "refresh_session",
    security(()),
    request_body = RefreshSessionForm,
    responses(
        (status = 200, description = "The next pair of tokens.", body = SessionView),
        (status = 400, description = "`malformed_json`, `malformed`, `body_too_slow`",
         body = ProblemView, content_type = "application/problem+json"),
        (status = 401, description = "`invalid_refresh_token`",
         body = ProblemView, content_type = "application/problem+json"),
        (status = 413, description = "`body_too_large`",
         body = ProblemView, content_type = "application/problem+json"),
        (status = 415, description = "`unsupported_media_type`",
         body = ProblemView, content_type = "application/problem+json"),
        (status = 422, description = "`invalid`",
         body = ProblemView, content_type = "application/problem+json"),
        (status = 503, description = "`overloaded`, `timed_out`, `unavailable`",
         body = ProblemView, content_type = "application/problem+json"),
    )
)]
#[post("/sessions/refresh")]
pub(super) async fn refresh_session(
    authenticator: Data<Authenticator>,
    write: Write<RefreshSessionForm, Anyone>,
) -> Answer {
    let token = write.body.refresh_token.clone();
    let refreshed = write.db().write(kernel::Caller::Anyone, RefreshSession { token }).await?;
    match refreshed {
        Refreshed::Yes(signed_in) => tokens(&authenticator, &signed_in, StatusCode::OK),
        Refreshed::No { ended } => {
            authenticator.note_ended(ended);
            Err(INVALID_REFRESH_TOKEN.refuse().into())
        }
    }
}

fn tokens(
    authenticator: &Authenticator,
    signed_in: &commands::SignedIn,
    status: StatusCode,
) -> Answer {
    let access = authenticator.issue(&signed_in.actor)?;
    let mut answer = HttpResponse::build(status);
    if status == StatusCode::CREATED {
        answer.insert_header((LOCATION, "/api/v1/sessions/current"));
    }
    Ok(answer.json(SessionView::new(access, signed_in)))
}

/// Sign out
///
/// Ends this login: its refresh token is no longer good, and its access token is refused.
#[utoipa::path(
    tag = "access",
    operation_id = "end_session",
    responses(
        (status = 204, description = "Signed out."),
        (status = 401, description = "`unauthenticated`, `invalid_token`, `rights_changed`",
         body = ProblemView, content_type = "application/problem+json"),
        (status = 503, description = "`overloaded`, `timed_out`, `unavailable`",
         body = ProblemView, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
#[delete("/sessions/current")]
pub(super) async fn end_session(
    authenticator: Data<Authenticator>,
    write: Write<NoBody>,
) -> Answer {
    let ended = write.run(EndSession).await?;
    authenticator.note_ended([ended]);
    Ok(HttpResponse::NoContent().finish())
}

/// Read who one is
///
/// The account that has signed in, its organisation, and its roles there.
#[utoipa::path(
    tag = "access",
    operation_id = "get_me",
    responses(
        (status = 200, description = "Who has signed in.", body = MeView,
         headers(("ETag" = String, description = "Names what was shown."))),
        (status = 304, description = "The client has this already."),
        (status = 401, description = "`unauthenticated`, `invalid_token`",
         body = ProblemView, content_type = "application/problem+json"),
        (status = 503, description = "`overloaded`, `timed_out`, `unavailable`",
         body = ProblemView, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
#[get("/me")]
pub(super) async fn get_me(read: Read) -> Answer {
    kernel::judge::<access::GetMe>(read.caller(), &[])?;
    let Some(actor) = read.caller().actor() else {
        return Err(kernel::UNAUTHENTICATED.refuse().into());
    };
    let mut conn = read.conn().await?;
    let (account, organisation) = queries::me(&mut conn, actor.account).await?;
    read.show_as_it_is(&MeView::new(&account, &organisation))
}

/// Choose another password
///
/// Every other login of the account ends. This one stays; its access token is no longer good for
/// writes, so refresh once. A wrong present password counts like a failed login.
#[utoipa::path(
    tag = "access",
    operation_id = "change_password",
    request_body = ChangePasswordForm,
    responses(
        (status = 204, description = "Changed."),
        (status = 400, description = "`malformed_json`, `malformed`, `body_too_slow`",
         body = ProblemView, content_type = "application/problem+json"),
        (status = 401, description = "`unauthenticated`, `invalid_token`, `rights_changed`",
         body = ProblemView, content_type = "application/problem+json"),
        (status = 413, description = "`body_too_large`",
         body = ProblemView, content_type = "application/problem+json"),
        (status = 415, description = "`unsupported_media_type`",
         body = ProblemView, content_type = "application/problem+json"),
        (status = 422, description = "`invalid`",
         body = ProblemView, content_type = "application/problem+json"),
        (status = 429, description = "`login_locked`",
         body = ProblemView, content_type = "application/problem+json"),
        (status = 503, description = "`login_busy`, `overloaded`, `timed_out`, `unavailable`",
         body = ProblemView, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
#[post("/me/password")]
pub(super) async fn change_password(
    authenticator: Data<Authenticator>,
    write: Write<ChangePasswordForm, SignedIn, Hashing>,
) -> Answer {
    let Some(actor) = write.caller().actor().copied() else {
        return Err(kernel::UNAUTHENTICATED.refuse().into());
    };
    let ChangePasswordForm { current_password: current, new_password: new } = write.body.clone();
    let change = PasswordChange { current, new, network: Network::of(write.client()) };
    let command =
        commands::change_password(write.db(), authenticator.hasher(), actor, change).await?;
    authenticator.note_ended(write.run(command).await?);
    Ok(HttpResponse::NoContent().finish())
}
