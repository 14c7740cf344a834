//! Why something did not come about: refused on purpose, or broken by accident.

use diesel::result::{DatabaseErrorKind, Error as SqlError, QueryResult};
use kernel::Refusal;

use crate::refusals;

/// What comes of a read or write.
pub type Outcome<T> = Result<T, Failure>;

/// Why something did not come about.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// It was refused, for a reason that the caller is told.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The database refused or broke; the caller is told no more than whether to try again.
    #[error("database: {0}")]
    Database(#[from] SqlError),
    /// Something else broke; the caller is told nothing.
    #[error("{0:#}")]
    Broken(#[from] anyhow::Error),
}

impl From<kernel::MoneyError> for Failure {
    /// Sums are checked where they come in; one that leaves its range later is an accident.
    fn from(error: kernel::MoneyError) -> Self {
        Self::Broken(error.into())
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        Self::Broken(error.into())
    }
}

impl From<kernel::Fault> for Failure {
    /// A stored word that no longer parses is an accident, not the caller's fault.
    fn from(fault: kernel::Fault) -> Self {
        Self::Broken(anyhow::anyhow!("stored value: {} ({})", fault.words.en, fault.code))
    }
}

impl Failure {
    /// Should the whole transaction be run again?
    pub(crate) fn is_worth_another_try(&self) -> bool {
        let Self::Database(SqlError::DatabaseError(kind, info)) = self else { return false };
        // Two requests that race on one Idempotency-Key: the second finds the first's answer.
        let raced_on_key = matches!(kind, DatabaseErrorKind::UniqueViolation)
            && info.constraint_name() == Some("idempotency_keys_pkey");
        matches!(kind, DatabaseErrorKind::SerializationFailure)
            || raced_on_key
            || info.message() == "deadlock detected"
    }

    /// Has the connection been lost?
    pub(crate) fn lost_connection(&self) -> bool {
        match self {
            Self::Database(SqlError::DatabaseError(kind, info)) => {
                matches!(
                    kind,
                    DatabaseErrorKind::UnableToSendCommand | DatabaseErrorKind::ClosedConnection
                ) || info.message().contains("terminating connection")
            }
            Self::Database(SqlError::BrokenTransactionManager) => true,
            Self::Database(_) | Self::Refused(_) | Self::Broken(_) => false,
        }
    }

    /// Is the database only busy or away, so that the caller should try again later?
    fn is_passing(&self) -> bool {
        let Self::Database(SqlError::DatabaseError(_, info)) = self else { return false };
        let message = info.message();
        self.is_worth_another_try()
            || message.contains("due to lock timeout")
            || message.contains("due to statement timeout")
            || message.contains("the database system is")
            || message.contains("too many clients")
    }

    /// What the caller is told: the refusal, or that something is unavailable; `None` if
    /// something broke that only the log may name.
    #[must_use]
    pub fn refusal(&self) -> Option<Refusal> {
        match self {
            Self::Refused(refusal) => Some(refusal.clone()),
            Self::Database(SqlError::NotFound) => Some(refusals::NOT_FOUND.refuse()),
            failure if failure.lost_connection() || failure.is_passing() => {
                Some(refusals::UNAVAILABLE.refuse())
            }
            Self::Database(_) | Self::Broken(_) => None,
        }
    }
}

/// Turns the violation of one named constraint into a refusal; other errors stay accidents.
///
/// # Errors
/// The refusal, or whatever else the database said.
pub fn on_constraint<T>(
    result: QueryResult<T>,
    constraint: &str,
    refusal: impl FnOnce() -> Refusal,
) -> Outcome<T> {
    result.map_err(|error| {
        if let SqlError::DatabaseError(_, info) = &error
            && info.constraint_name() == Some(constraint)
        {
            return Failure::Refused(refusal());
        }
        Failure::Database(error)
    })
}
