//! Exact fractions of fen, until the one rounding.

use std::fmt;

use kernel::{BasisPoints, Fen};

use crate::model::Broken;

/// A sum of fen as a fraction: never rounded on the way. Money is at most 10^15, each of at most
/// three rates multiplies by at most 10^4: everything fits 128 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Exact {
    numerator: i128,
    /// A power of ten, so that it can be shown as a decimal.
    denominator: i128,
}

impl From<Fen> for Exact {
    fn from(sum: Fen) -> Self {
        Self { numerator: i128::from(sum.fen()), denominator: 1 }
    }
}

impl Exact {
    /// `points` / 10,000 of it.
    pub(crate) fn share(self, points: u64) -> Self {
        Self {
            numerator: self.numerator * i128::from(points),
            denominator: self.denominator * 10_000,
        }
    }

    pub(crate) fn rate(self, rate: BasisPoints) -> Self {
        self.share(u64::from(rate.points()))
    }

    /// As money, if it is whole fen.
    pub(crate) fn whole(self) -> Option<Fen> {
        (self.numerator % self.denominator == 0)
            .then_some(self.numerator / self.denominator)
            .and_then(|whole| fen(whole).ok())
    }

    /// Half up, to the fen (A5).
    pub(crate) fn rounded(self) -> Result<Fen, Broken> {
        let (n, d) = (self.numerator, self.denominator);
        fen((2 * n + d).div_euclid(2 * d))
    }

    /// Up, to the fen: for what is owed at least (A16).
    pub(crate) fn rounded_up(self) -> Result<Fen, Broken> {
        let (n, d) = (self.numerator, self.denominator);
        fen((n + d - 1).div_euclid(d))
    }
}

fn fen(value: i128) -> Result<Fen, Broken> {
    let value = i64::try_from(value).map_err(|_| Broken::OutOfRange)?;
    Fen::new(value).map_err(|_| Broken::OutOfRange)
}

impl fmt::Display for Exact {
    /// As an exact decimal without needless zeros.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, mut rest) =
            (self.numerator / self.denominator, self.numerator % self.denominator);
        write!(f, "{whole}")?;
        if rest != 0 {
            f.write_str(".")?;
        }
        let mut place = self.denominator;
        while rest != 0 {
            place /= 10;
            write!(f, "{}", rest / place)?;
            rest %= place;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_half_fen_is_rounded_up_and_shown_before() {
        let sum = Exact::from(Fen::new(87_654_350).unwrap()).rate(BasisPoints::new(300).unwrap());
        assert_eq!(sum.to_string(), "2629630.5");
        assert_eq!(sum.rounded().unwrap().fen(), 2_629_631);
        let less = Exact::from(Fen::new(16).unwrap()).rate(BasisPoints::new(300).unwrap());
        assert_eq!((sum.whole(), less.whole()), (None, None));
        let share = Exact::from(Fen::new(50).unwrap()).share(7_000);
        assert_eq!(share.whole().map(Fen::fen), Some(35));
        assert_eq!((less.to_string().as_str(), less.rounded().unwrap().fen()), ("0.48", 0));
        assert_eq!(less.rounded_up().unwrap().fen(), 1);
    }
}
