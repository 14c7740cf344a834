//! PostgreSQL's `tsvector` and `tsquery`, written in their binary form (`tsvectorrecv` and
//! `tsqueryrecv` in PostgreSQL's tsvector.c and tsquery.c): the market has cut its texts into
//! words already, and nothing is left for PostgreSQL to parse.

use diesel::{
    expression::AsExpression,
    pg::Pg,
    query_builder::QueryId,
    serialize::{self, IsNull, Output, ToSql},
    sql_types::{Float, Nullable, SqlType},
};
use schema::listing::sql_types::Tsvector;

use crate::model::{Clause, TermWeight, Terms};

/// PostgreSQL's type of text queries.
#[derive(QueryId, SqlType)]
#[diesel(postgres_type(oid = 3615, array_oid = 3645))]
pub(super) struct Tsquery;

diesel::infix_operator!(Finds, " @@ ", backend: Pg);
diesel::infix_operator!(Named, " AS ", Float, backend: Pg);
diesel::define_sql_function! {
    /// How well a text answers a query.
    fn ts_rank(terms: Nullable<Tsvector>, query: Tsquery) -> Nullable<Float>;
}

/// A listing's words, on their way into the database.
#[derive(Clone, Copy, Debug, AsExpression)]
#[diesel(sql_type = Tsvector)]
pub(super) struct TermVector<'t>(pub(super) &'t Terms);

impl ToSql<Tsvector, Pg> for TermVector<'_> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        let mut bytes = Vec::new();
        let words = self.0.iter();
        bytes.extend(i32::try_from(words.len())?.to_be_bytes());
        for (word, places) in words {
            push_text(&mut bytes, word);
            bytes.extend(u16::try_from(places.len())?.to_be_bytes());
            for (position, weight) in places {
                bytes.extend((weight_bits(*weight) << 14 | position).to_be_bytes());
            }
        }
        write_all(out, &bytes)
    }
}

/// The classes C, B and A.
const fn weight_bits(weight: TermWeight) -> u16 {
    match weight {
        TermWeight::Description => 1,
        TermWeight::Summary => 2,
        TermWeight::Title => 3,
    }
}

/// What is asked, on its way into the database.
#[derive(Clone, Debug, AsExpression)]
#[diesel(sql_type = Tsquery)]
pub(super) struct TermQuery(pub(super) Clause);

impl ToSql<Tsquery, Pg> for TermQuery {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        let mut items = Items::default();
        items.push(&self.0);
        let mut bytes = items.count.to_be_bytes().to_vec();
        bytes.extend(items.bytes);
        write_all(out, &bytes)
    }
}

/// The items of a `tsquery` in prefix order: an operator, its right side, its left side.
#[derive(Default)]
struct Items {
    count: u32,
    bytes: Vec<u8>,
}

const OPERAND: u8 = 1;
const OPERATOR: u8 = 2;
const AND: u8 = 2;
const OR: u8 = 3;
const PHRASE: u8 = 4;

impl Items {
    fn push(&mut self, clause: &Clause) {
        match clause {
            Clause::Word(word) => self.operand(word, false),
            Clause::Beginning(start) => self.operand(start, true),
            Clause::Phrase(words) => {
                self.chain(words, PHRASE, |items, word| items.operand(word, false));
            }
            Clause::All(clauses) => self.chain(clauses, AND, Self::push),
            Clause::Any(clauses) => self.chain(clauses, OR, Self::push),
        }
    }

    fn operand(&mut self, word: &str, is_beginning: bool) {
        self.count = self.count.saturating_add(1);
        let any_weight = 0;
        self.bytes.extend([OPERAND, any_weight, u8::from(is_beginning)]);
        push_text(&mut self.bytes, word);
    }

    /// `a op b op c`, which is `(a op b) op c`.
    fn chain<T>(&mut self, parts: &[T], operator: u8, push: impl Fn(&mut Self, &T)) {
        for (position, part) in parts.iter().enumerate().rev() {
            if position > 0 {
                self.count = self.count.saturating_add(1);
                self.bytes.extend([OPERATOR, operator]);
                if operator == PHRASE {
                    let distance: i16 = 1;
                    self.bytes.extend(distance.to_be_bytes());
                }
            }
            push(self, part);
        }
    }
}

/// Words hold letters and digits only, so none contains the closing zero.
fn push_text(bytes: &mut Vec<u8>, text: &str) {
    bytes.extend(text.as_bytes());
    bytes.push(0);
}

fn write_all(out: &mut Output<'_, '_, Pg>, bytes: &[u8]) -> serialize::Result {
    std::io::Write::write_all(out, bytes)?;
    Ok(IsNull::No)
}
