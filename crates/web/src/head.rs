//! HEAD (RFC 9110 §9.3.2): what GET would answer, without its body.

use actix_web::{
    Error, HttpMessage,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::Method,
    middleware::Next,
};

/// Marks a request whose answer's body nobody reads: one that is large need not be fetched.
pub(crate) struct NoBodyWanted;

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
        request.extensions_mut().insert(NoBodyWanted);
    }
    next.call(request).await
}
