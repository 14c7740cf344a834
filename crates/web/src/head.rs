//! HEAD (RFC 9110 §9.3.2): what GET would answer, without its body.

use actix_web::{
    Error,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::Method,
    middleware::Next,
};

/// The innermost middleware: routes a HEAD like the GET that it stands for. The HTTP layer, which
/// saw the method before, sends the answer's headers and no body.
///
/// # Errors
/// What fails inside.
pub async fn head_as_get<B: MessageBody>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    if request.method() == Method::HEAD {
        request.head_mut().method = Method::GET;
    }
    next.call(request).await
}
