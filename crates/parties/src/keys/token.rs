//! Access tokens: JWTs (RFC 7519) in the profile of RFC 9068, signed with Ed25519 (RFC 8037) and
//! checked as RFC 8725 asks.

use std::str::FromStr;

use anyhow::Context;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::{Algorithm, Header, Validation};
use kernel::{
    Actor, Id, Role,
    kinds::{Account, Organisation, Session},
};
use serde::{Deserialize, Serialize};

use super::{KeyRing, SigningKey};

/// So long is an access token good.
pub const TOKEN_LIFETIME: TimeDelta = TimeDelta::minutes(15);
/// So far may the clocks of two servers differ.
const LEEWAY: TimeDelta = TimeDelta::seconds(5);
/// No token of ours is longer.
const LONGEST_TOKEN: usize = 4096;
const TYPE: &str = "at+jwt";
/// A person acts in their roles; scopes narrow only what API clients may do.
const PERSON_SCOPE: &str = "roles";

/// Whose tokens these are, and for whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenSettings {
    /// `iss`: the market's public address.
    pub issuer: String,
    /// `aud`: the API.
    pub audience: String,
}

/// What a good token says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Who has signed in.
    pub actor: Actor,
    /// Until when the token is good.
    pub expires_at: DateTime<Utc>,
}

impl Verified {
    /// Is the token still good?
    #[must_use]
    pub fn is_good(&self, now: DateTime<Utc>) -> bool {
        now < self.expires_at + LEEWAY
    }
}

/// What is wrong with a token: for the log, never for the one who sent it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// Not three parts of base64url, or too long, or another kind of header.
    #[error("malformed")]
    Malformed,
    /// Not an access token.
    #[error("wrong typ")]
    Type,
    /// Another algorithm than EdDSA.
    #[error("wrong alg")]
    Algorithm,
    /// Its key is not (or not yet) known here.
    #[error("unknown kid")]
    UnknownKey,
    /// The signature is wrong, or a claim is missing, mistyped, or not ours.
    #[error("wrong signature or claims")]
    Untrue,
    /// Its time has not come.
    #[error("not yet valid")]
    Early,
    /// Its time is over.
    #[error("expired")]
    Expired,
}

/// Exactly the header that [`issue`] writes: a token that names another algorithm, brings a key
/// along or asks for extensions is none of ours.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TokenHeader {
    alg: String,
    typ: String,
    kid: String,
}

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: Id<Account>,
    org: Id<Organisation>,
    roles: Vec<Role>,
    scope: String,
    jti: String,
    exp: i64,
    iat: i64,
    nbf: i64,
    /// The login.
    sid: Id<Session>,
    /// The state of the account's rights.
    rv: i32,
}

/// Makes an access token for somebody who has signed in. `jti` tells tokens apart.
///
/// # Errors
/// If there is no key that signs now.
pub fn issue(
    ring: &KeyRing,
    settings: &TokenSettings,
    actor: &Actor,
    jti: String,
    now: DateTime<Utc>,
) -> anyhow::Result<String> {
    let key = ring.signing(now).context("no key signs access tokens now")?;
    let header = Header {
        typ: Some(TYPE.to_owned()),
        kid: Some(key.span.id.to_string()),
        ..Header::new(Algorithm::EdDSA)
    };
    let claims = Claims {
        iss: settings.issuer.clone(),
        aud: settings.audience.clone(),
        sub: actor.account,
        org: actor.organisation,
        roles: actor.roles.iter().collect(),
        scope: PERSON_SCOPE.to_owned(),
        jti,
        exp: (now + TOKEN_LIFETIME).timestamp(),
        iat: now.timestamp(),
        nbf: now.timestamp(),
        sid: actor.session,
        rv: actor.rights_version,
    };
    jsonwebtoken::encode(&header, &claims, &key.signs).context("signing an access token")
}

/// Checks a token.
///
/// # Errors
/// What is wrong with it.
pub fn verify(
    ring: &KeyRing,
    settings: &TokenSettings,
    token: &str,
    now: DateTime<Utc>,
) -> Result<Verified, Rejection> {
    let header = header(token)?;
    if header.typ != TYPE {
        return Err(Rejection::Type);
    }
    if header.alg != "EdDSA" {
        return Err(Rejection::Algorithm);
    }
    let id = Id::<SigningKey>::from_str(&header.kid).map_err(|_| Rejection::UnknownKey)?;
    let key = ring.verifying(id, now).ok_or(Rejection::UnknownKey)?;

    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
    validation.set_issuer(&[&settings.issuer]);
    validation.set_audience(&[&settings.audience]);
    // Times are compared below, with the clock that is given; the library reads the system's.
    validation.validate_exp = false;
    validation.validate_nbf = false;
    let claims = jsonwebtoken::decode::<Claims>(token, &key.verifies, &validation)
        .map_err(|_| Rejection::Untrue)?
        .claims;

    let instant = |seconds| DateTime::from_timestamp(seconds, 0).ok_or(Rejection::Untrue);
    if instant(claims.nbf)? > now + LEEWAY {
        return Err(Rejection::Early);
    }
    let actor = Actor {
        account: claims.sub,
        organisation: claims.org,
        roles: claims.roles.into_iter().collect(),
        session: claims.sid,
        rights_version: claims.rv,
    };
    let verified = Verified { actor, expires_at: instant(claims.exp)? };
    if verified.is_good(now) { Ok(verified) } else { Err(Rejection::Expired) }
}

fn header(token: &str) -> Result<TokenHeader, Rejection> {
    if token.len() > LONGEST_TOKEN {
        return Err(Rejection::Malformed);
    }
    let (header, _) = token.split_once('.').ok_or(Rejection::Malformed)?;
    let header = URL_SAFE_NO_PAD.decode(header).map_err(|_| Rejection::Malformed)?;
    serde_json::from_slice(&header).map_err(|_| Rejection::Malformed)
}

#[cfg(test)]
mod tests {
    use jsonwebtoken::EncodingKey;
    use kernel::RoleSet;
    use serde_json::{Value, json};

    use super::*;
    use crate::keys::{Key, Span};

    fn now() -> DateTime<Utc> {
        "2026-03-01T08:00:00Z".parse().unwrap()
    }

    fn key_id(number: u8) -> Id<SigningKey> {
        Id::from_parts(u64::from(number), &[number; 10])
    }

    fn key(number: u8) -> Key {
        let span = Span {
            id: key_id(number),
            created_at: now(),
            activates_at: now() - TimeDelta::days(1),
            retires_at: None,
        };
        Key::new(span, &[number; 32]).unwrap()
    }

    fn ring() -> KeyRing {
        KeyRing::new([key(1)])
    }

    fn settings() -> TokenSettings {
        TokenSettings {
            issuer: "https://market.example.cn".to_owned(),
            audience: "https://market.example.cn/api".to_owned(),
        }
    }

    fn actor() -> Actor {
        Actor {
            account: Id::from_parts(1, &[1; 10]),
            organisation: Id::from_parts(2, &[2; 10]),
            roles: RoleSet::EMPTY.with(Role::Editor).with(Role::Signatory),
            session: Id::from_parts(3, &[3; 10]),
            rights_version: 7,
        }
    }

    fn check(token: &str) -> Result<Verified, Rejection> {
        verify(&ring(), &settings(), token, now())
    }

    fn header() -> Value {
        json!({ "alg": "EdDSA", "typ": "at+jwt", "kid": key_id(1) })
    }

    fn claims() -> Value {
        json!({
            "iss": settings().issuer, "aud": settings().audience,
            "sub": actor().account, "org": actor().organisation, "sid": actor().session,
            "roles": ["editor", "signatory"], "scope": "roles", "jti": "x", "rv": 7,
            "iat": now().timestamp(), "nbf": now().timestamp(),
            "exp": now().timestamp() + 900,
        })
    }

    fn with(mut object: Value, field: &str, value: Value) -> Value {
        object[field] = value;
        object
    }

    fn without(mut object: Value, field: &str) -> Value {
        object.as_object_mut().unwrap().remove(field);
        object
    }

    fn unsigned(header: &Value, claims: &Value) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        format!("{}.{}", part(header), part(claims))
    }

    fn signed(header: &Value, claims: &Value, algorithm: Algorithm, key: &EncodingKey) -> String {
        let message = unsigned(header, claims);
        let signature = jsonwebtoken::crypto::sign(message.as_bytes(), key, algorithm).unwrap();
        format!("{message}.{signature}")
    }

    fn ours(header: &Value, claims: &Value) -> String {
        signed(header, claims, Algorithm::EdDSA, &key(1).signs)
    }

    #[test]
    fn a_token_says_who_has_signed_in() {
        let token = issue(&ring(), &settings(), &actor(), "x".to_owned(), now()).unwrap();
        let verified = check(&token).unwrap();
        assert_eq!(verified, Verified { actor: actor(), expires_at: now() + TOKEN_LIFETIME });
        assert_eq!(check(&ours(&header(), &claims())), Ok(verified));
        let written = header_of(&token);
        assert_eq!(written, header());
    }

    fn header_of(token: &str) -> Value {
        let part = token.split('.').next().unwrap();
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
    }

    #[test]
    fn a_token_is_good_for_a_quarter_of_an_hour() {
        let token = issue(&ring(), &settings(), &actor(), "x".to_owned(), now()).unwrap();
        for (seconds, outcome) in [
            (-6, Err(Rejection::Early)),
            (-5, Ok(())),
            (899, Ok(())),
            (904, Ok(())),
            (905, Err(Rejection::Expired)),
        ] {
            let at = now() + TimeDelta::seconds(seconds);
            let found = verify(&ring(), &settings(), &token, at).map(|_| ());
            assert_eq!(found, outcome, "{seconds}");
        }
    }

    #[test]
    fn another_algorithm_is_refused_whatever_the_signature() {
        let named = |alg: &str| with(header(), "alg", json!(alg));
        let none = format!("{}.", unsigned(&named("none"), &claims()));
        assert_eq!(check(&none), Err(Rejection::Algorithm));
        let public = EncodingKey::from_secret(key(1).public());
        for alg in ["HS256", "ES256", "RS256", "eddsa"] {
            let token = signed(&named(alg), &claims(), Algorithm::HS256, &public);
            assert_eq!(check(&token), Err(Rejection::Algorithm), "{alg}");
        }
        let confused = signed(&header(), &claims(), Algorithm::HS256, &public);
        assert_eq!(check(&confused), Err(Rejection::Untrue));
    }

    #[test]
    fn a_missing_or_foreign_signature_is_refused() {
        let message = unsigned(&header(), &claims());
        assert_eq!(check(&message), Err(Rejection::Untrue));
        assert_eq!(check(&format!("{message}.")), Err(Rejection::Untrue));
        let foreign = signed(&header(), &claims(), Algorithm::EdDSA, &key(2).signs);
        assert_eq!(check(&foreign), Err(Rejection::Untrue));
        let other = with(claims(), "org", json!(Id::<Organisation>::from_parts(9, &[9; 10])));
        let good = ours(&header(), &claims());
        let moved = format!("{}.{}", unsigned(&header(), &other), good.rsplit('.').next().unwrap());
        assert_eq!(check(&moved), Err(Rejection::Untrue));
    }

    #[test]
    fn only_our_own_header_is_read() {
        for (field, value) in [
            ("jwk", json!({ "kty": "OKP", "crv": "Ed25519", "x": key(2).x() })),
            ("jku", json!("https://example.org/jwks.json")),
            ("x5u", json!("https://example.org/cert")),
            ("crit", json!(["exp"])),
        ] {
            let token = ours(&with(header(), field, value), &claims());
            assert_eq!(check(&token), Err(Rejection::Malformed), "{field}");
        }
        for typ in ["JWT", "at+JWT ", "dpop+jwt"] {
            let token = ours(&with(header(), "typ", json!(typ)), &claims());
            assert_eq!(check(&token), Err(Rejection::Type), "{typ}");
        }
        assert_eq!(check(&ours(&without(header(), "typ"), &claims())), Err(Rejection::Malformed));
    }

    #[test]
    fn an_unknown_key_is_refused() {
        for kid in [
            key_id(2).to_string(),
            "../../etc/passwd".to_owned(),
            "' OR 1=1 --".to_owned(),
            String::new(),
        ] {
            let token = ours(&with(header(), "kid", json!(kid)), &claims());
            assert_eq!(check(&token), Err(Rejection::UnknownKey), "{kid}");
        }
        assert_eq!(check(&ours(&without(header(), "kid"), &claims())), Err(Rejection::Malformed));
    }

    #[test]
    fn a_retired_key_verifies_no_more() {
        let token = issue(&ring(), &settings(), &actor(), "x".to_owned(), now()).unwrap();
        let mut retired = key(1);
        retired.span.retires_at = Some(now());
        let found = verify(&KeyRing::new([retired]), &settings(), &token, now());
        assert_eq!(found, Err(Rejection::UnknownKey));
    }

    #[test]
    fn claims_that_are_missing_mistyped_or_not_ours_are_refused() {
        for field in ["iss", "aud", "sub", "org", "exp", "nbf", "sid", "rv", "roles"] {
            let token = ours(&header(), &without(claims(), field));
            assert_eq!(check(&token), Err(Rejection::Untrue), "without {field}");
        }
        for (field, value) in [
            ("iss", json!("https://other.example.cn")),
            ("iss", json!([settings().issuer, "https://other.example.cn"])),
            ("aud", json!("https://other.example.cn/api")),
            ("aud", json!([settings().audience, "https://other.example.cn"])),
            ("exp", json!((now().timestamp() + 900).to_string())),
            ("exp", json!(1e99)),
            ("exp", json!(i64::MAX)),
            ("exp", Value::Null),
            ("nbf", json!(now().timestamp().to_string())),
            ("sub", json!("admin")),
            ("roles", json!("operator")),
            ("roles", json!(["emperor"])),
            ("rv", json!("7")),
        ] {
            let token = ours(&header(), &with(claims(), field, value.clone()));
            assert_eq!(check(&token), Err(Rejection::Untrue), "{field} {value}");
        }
    }

    #[test]
    fn other_times_are_refused() {
        for (field, seconds, rejection) in [
            ("exp", -6, Rejection::Expired),
            ("exp", -1_000_000_000, Rejection::Expired),
            ("nbf", 6, Rejection::Early),
        ] {
            let value = json!(now().timestamp() + seconds);
            let token = ours(&header(), &with(claims(), field, value));
            assert_eq!(check(&token), Err(rejection), "{field}");
        }
    }

    #[test]
    fn noise_is_refused() {
        let long = format!("{}{}", ours(&header(), &claims()), "A".repeat(5000));
        for token in ["", ".", "..", "a.b.c", "e30.e30.e30", "\u{0}.\u{0}.\u{0}", long.as_str()] {
            assert_eq!(check(token), Err(Rejection::Malformed), "{token:.20}");
        }
    }
}
