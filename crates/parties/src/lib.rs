//! Who takes part in the market, and how it knows them.
//!
//! An **organisation** registers itself with its unified social credit code (GB 32100-2015) and a
//! founding account; an operator **verifies** that it is what it says, and from then on it may
//! publish and sign. An **account** is a person, who acts for one organisation in **roles**. The
//! market's and the bureaus' own staff are entered from the command line only.
//!
//! A person signs in with e-mail and password and gets an access token, a JWT that every server
//! of the market checks by itself, and a refresh token. Refresh tokens **rotate**: each is good
//! once, and one that comes back a second time ends the login, because two hold what only one may
//! have. The rule is strict on purpose: a client that lost the answer to a refresh signs in again.
//!
//! What an account may do can change at any moment (a role, a password, a suspension). Each such
//! change raises the account's `rights_version`, which the write door compares with the token's in
//! every write; logins that have ended are refused within seconds on every server.
//!
//! Personal data (names, addresses, telephone numbers) is masked for strangers, and neither
//! printed nor recorded in the audit trail (个人信息保护法 art. 5–6, GB/T 35273).
//!
//! Offers to others: [`routes`] and [`well_known_routes`], [`Authenticator`] for the edge,
//! [`queries::organisation_facts`] for siblings' questions, [`commands`] for the command line.

pub mod access;
mod authenticator;
pub mod commands;
pub mod error;
mod hasher;
mod http;
pub mod keys;
pub mod model;
pub mod queries;
mod store;

pub use authenticator::{AccessToken, Authenticator};
pub use error::REASONS;
pub use hasher::{Cost, Hasher};
pub use http::{PresentedView, routes, well_known_routes};
