//! Conditions: expressions in CEL, a standard language that always ends.
//!
//! CEL itself bounds neither size nor the work of macros, so only small expressions of operators
//! over named facts are let in, and no macros, loops, calls or arithmetic. Names and types are
//! checked when a policy is loaded: after that, a condition over the facts it was made for always
//! comes out true or false.

use std::sync::{Arc, LazyLock};

use cel::{
    Context, Env, Program, Value,
    common::{
        ast::{Expr, LiteralValue},
        types::{CelBool, CelInt, CelString},
        value::CowVal,
    },
    context::VariableResolver,
};
use serde_json::json;

use crate::model::policy::ConditionText;

/// Longest expression, in bytes.
const TEXT_MAX: usize = 500;
/// Most nodes of its tree.
const NODES_MAX: usize = 100;

/// Most brackets within brackets, and most signs that may nest without them. The parser recurses
/// deeply for each, and would exhaust the stack before its own limit stops it.
const NESTING_MAX: usize = 8;

/// Neither functions nor macros: operators are the interpreter's own.
static BARE: LazyLock<Arc<Env>> = LazyLock::new(|| Arc::new(Env::default()));

/// A condition, compiled once.
pub(crate) struct Condition {
    program: Program,
    /// As it is written.
    when: String,
    /// The facts that it speaks of, each once.
    pub(crate) names: Vec<&'static str>,
    /// The reason that is given when it does not hold.
    pub(crate) otherwise: String,
}

/// What a fact may be; civil dates are texts such as `2020-08-19`, which sort as dates do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FactKind {
    YesNo,
    Number,
    Text,
}

/// The facts that conditions may speak of, by name.
pub(crate) type FactNames = &'static [(&'static str, FactKind)];

/// A fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fact {
    YesNo(bool),
    Number(i64),
    Text(String),
}

impl Fact {
    #[cfg(test)]
    pub(crate) const fn kind(&self) -> FactKind {
        match self {
            Self::YesNo(_) => FactKind::YesNo,
            Self::Number(_) => FactKind::Number,
            Self::Text(_) => FactKind::Text,
        }
    }

    /// As an explanation shows it.
    pub(crate) fn shown(&self) -> serde_json::Value {
        match self {
            Self::YesNo(yes) => json!(yes),
            Self::Number(number) => json!(number),
            Self::Text(text) => json!(text),
        }
    }
}

impl From<bool> for Fact {
    fn from(yes: bool) -> Self {
        Self::YesNo(yes)
    }
}
impl From<i64> for Fact {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}
impl From<String> for Fact {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}
impl From<&str> for Fact {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// The facts of a case.
#[derive(Debug, Default)]
pub(crate) struct Facts(Vec<(&'static str, Fact)>);

impl Facts {
    pub(crate) fn with(mut self, name: &'static str, fact: impl Into<Fact>) -> Self {
        self.0.push((name, fact.into()));
        self
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Fact> {
        self.0.iter().find(|(known, _)| *known == name).map(|(_, fact)| fact)
    }

    #[cfg(test)]
    pub(crate) fn names(&self) -> Vec<(&'static str, FactKind)> {
        self.0.iter().map(|(name, fact)| (*name, fact.kind())).collect()
    }

    /// Ready to be asked.
    pub(crate) fn context(&self) -> Context<'_, '_> {
        let mut context = Context::with_env(Arc::clone(&BARE));
        context.set_variable_resolver(self);
        context
    }
}

impl VariableResolver for Facts {
    fn resolve<'b>(&'b self, name: &str) -> Option<CowVal<'b, 'b>> {
        Some(match self.get(name)? {
            Fact::YesNo(yes) => CowVal::owned(CelBool::from(*yes)),
            Fact::Number(number) => CowVal::owned(CelInt::from(*number)),
            Fact::Text(text) => CowVal::owned(CelString::from(text.as_str())),
        })
    }
}

impl Condition {
    /// Compiles a condition over facts of these names.
    ///
    /// # Errors
    /// What is wrong with it, in a sentence.
    pub(crate) fn compile(text: &ConditionText, known: FactNames) -> Result<Self, String> {
        let source = &text.when;
        if source.len() > TEXT_MAX {
            return Err(format!("a condition may have {TEXT_MAX} bytes at most: {source:.40}…"));
        }
        let named = |fault| format!("`{source}`: {fault}");
        if nesting(source) > NESTING_MAX {
            return Err(named(format!("nested more than {NESTING_MAX} deep")));
        }
        let program = BARE.compile(source).map_err(|error| named(error.to_string()))?;
        let mut check = Check { known, names: Vec::new(), nodes: 0 };
        check.expect(FactKind::YesNo, &program.expression().expr).map_err(named)?;
        let names = check.names;
        let (when, otherwise) = (source.clone(), text.otherwise.clone());
        Ok(Self { program, when, names, otherwise })
    }

    /// Does it hold?
    ///
    /// # Errors
    /// If a fact is missing that it was compiled for.
    pub(crate) fn holds(&self, facts: &Context<'_, '_>) -> Result<bool, String> {
        match self.program.execute(facts) {
            Ok(Value::Bool(holds)) => Ok(holds),
            Ok(other) => Err(format!("a condition must be true or false, not {other:?}")),
            Err(error) => Err(error.to_string()),
        }
    }
}

/// What has been found of conditions over the facts of one case: rules of one article share them.
#[derive(Default)]
pub(crate) struct Known<'p>(Vec<(&'p str, bool)>);

impl<'p> Known<'p> {
    /// Does it hold?
    ///
    /// # Errors
    /// If a fact is missing that it was compiled for.
    pub(crate) fn holds(
        &mut self,
        condition: &'p Condition,
        facts: &Context<'_, '_>,
    ) -> Result<bool, String> {
        let when = condition.when.as_str();
        if let Some((_, holds)) = self.0.iter().find(|(known, _)| *known == when) {
            return Ok(*holds);
        }
        let holds = condition.holds(facts)?;
        self.0.push((when, holds));
        Ok(holds)
    }
}

/// How deep a text may lead a parser, at most: brackets that are open at once, and all signs that
/// nest without brackets. What stands in a text literal is counted, too: that is only stricter.
fn nesting(source: &str) -> usize {
    let (mut open, mut deepest, mut signs) = (0_usize, 0, 0);
    for byte in source.bytes() {
        match byte {
            b'(' | b'[' | b'{' => open += 1,
            b')' | b']' | b'}' => open = open.saturating_sub(1),
            b'?' => signs += 1,
            _ => {}
        }
        deepest = deepest.max(open);
    }
    deepest + signs
}

/// A walk over an expression: what it is made of, and of which kind it is.
struct Check {
    known: FactNames,
    names: Vec<&'static str>,
    nodes: usize,
}

impl Check {
    fn kind(&mut self, expression: &Expr) -> Result<FactKind, String> {
        self.count()?;
        match expression {
            Expr::Ident(name) => self.fact(name),
            Expr::Literal(literal) => literal_kind(literal),
            Expr::Call(call) if call.target.is_none() => self.operator(&call.func_name, &call.args),
            Expr::Call(call) => Err(format!("`{}` is not allowed", call.func_name)),
            Expr::List(_) => Err("a list may only stand after `in`".to_owned()),
            Expr::Unspecified
            | Expr::Comprehension(_)
            | Expr::Map(_)
            | Expr::Select(_)
            | Expr::Struct(_) => Err("only operators over named facts are allowed".to_owned()),
        }
    }

    fn count(&mut self) -> Result<(), String> {
        self.nodes += 1;
        if self.nodes > NODES_MAX { Err(format!("more than {NODES_MAX} parts")) } else { Ok(()) }
    }

    fn fact(&mut self, name: &str) -> Result<FactKind, String> {
        let known = self.known.iter().find(|(known, _)| *known == name);
        let (name, kind) = known.ok_or_else(|| {
            let names: Vec<&str> = self.known.iter().map(|(name, _)| *name).collect();
            format!("there is no fact `{name}`; there are: {}", names.join(", "))
        })?;
        if !self.names.contains(name) {
            self.names.push(name);
        }
        Ok(*kind)
    }

    fn operator(&mut self, name: &str, args: &[cel::IdedExpr]) -> Result<FactKind, String> {
        match (name, args) {
            ("_&&_" | "_||_", [left, right]) => {
                self.expect(FactKind::YesNo, &left.expr)?;
                self.expect(FactKind::YesNo, &right.expr)
            }
            ("!_", [one]) => self.expect(FactKind::YesNo, &one.expr),
            ("_==_" | "_!=_", [left, right]) => {
                let kind = self.kind(&left.expr)?;
                self.expect(kind, &right.expr)?;
                Ok(FactKind::YesNo)
            }
            ("_<_" | "_<=_" | "_>_" | "_>=_", [left, right]) => {
                let kind = self.kind(&left.expr)?;
                if kind == FactKind::YesNo {
                    return Err("true and false have no order".to_owned());
                }
                self.expect(kind, &right.expr)?;
                Ok(FactKind::YesNo)
            }
            ("@in", [one, list]) => {
                let kind = self.kind(&one.expr)?;
                self.list(kind, &list.expr)
            }
            _ => Err(format!("`{name}` is not allowed")),
        }
    }

    fn list(&mut self, kind: FactKind, list: &Expr) -> Result<FactKind, String> {
        self.count()?;
        let Expr::List(list) = list else { return Err("a list must follow `in`".to_owned()) };
        if !list.optional_indices.is_empty() {
            return Err("a list names its elements outright".to_owned());
        }
        for element in &list.elements {
            self.expect(kind, &element.expr)?;
        }
        Ok(FactKind::YesNo)
    }

    fn expect(&mut self, kind: FactKind, expression: &Expr) -> Result<FactKind, String> {
        let found = self.kind(expression)?;
        if found == kind { Ok(kind) } else { Err(format!("{found:?} in place of {kind:?}")) }
    }
}

fn literal_kind(literal: &LiteralValue) -> Result<FactKind, String> {
    match literal {
        LiteralValue::Boolean(_) => Ok(FactKind::YesNo),
        LiteralValue::Int(_) => Ok(FactKind::Number),
        LiteralValue::String(_) => Ok(FactKind::Text),
        LiteralValue::Bytes(_)
        | LiteralValue::Double(_)
        | LiteralValue::Null
        | LiteralValue::UInt(_) => {
            Err("only whole numbers, texts, true and false are allowed".to_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: FactNames = &[
        ("kind", FactKind::Text),
        ("related", FactKind::YesNo),
        ("day", FactKind::Text),
        ("buyers", FactKind::Number),
    ];

    fn compile(when: &str) -> Result<Condition, String> {
        Condition::compile(
            &ConditionText { when: when.to_owned(), otherwise: "x".to_owned() },
            NAMES,
        )
    }

    #[test]
    fn a_condition_speaks_of_named_facts() {
        let condition = compile("kind in ['a', 'b'] && !related && day >= '2020-08-19'").unwrap();
        assert_eq!(condition.names, ["kind", "related", "day"]);
        let holds = |kind: &str, related: bool, day: &str| {
            let facts = Facts::default().with("kind", kind).with("related", related);
            condition.holds(&facts.with("day", day).context()).unwrap()
        };
        assert!(holds("a", false, "2020-08-19"));
        assert!(!holds("c", false, "2020-08-19"));
        assert!(!holds("a", true, "2020-08-19"));
        assert!(!holds("a", false, "2020-08-18"));
        assert!(condition.holds(&Facts::default().context()).is_err());
    }

    #[test]
    fn what_could_grow_or_call_out_is_refused() {
        let long = "true && ".repeat(80) + "true";
        let deep = format!("{}related{}", "(".repeat(240), ")".repeat(240));
        let open = "(".repeat(500);
        let listed = "[".repeat(500);
        let chosen = "related ? related : ".repeat(24) + "related";
        let dotted = "related".to_owned() + &".a".repeat(240);
        for text in [
            "['a'].all(x, x == kind)",
            "size(kind) > 0",
            "kind.size() > 0",
            "a.b",
            "has(kind.a)",
            "{'a': true}",
            "'a'.matches('a*')",
            "buyers + 1 > 0",
            "buyers / 0 > 0",
            "related ? true : false",
            "1 +",
            "",
            long.as_str(),
            deep.as_str(),
            open.as_str(),
            listed.as_str(),
            chosen.as_str(),
            dotted.as_str(),
        ] {
            assert!(compile(text).is_err(), "{text}");
        }
    }

    /// Odd texts are answered with a sentence, not with a crash, on a stack as small as a worker's.
    #[test]
    fn no_text_breaks_the_parser() {
        for part in [
            "!",
            "-",
            "!-",
            "a.",
            "a&&",
            "a||",
            "'",
            "\"",
            "\\",
            "\0",
            "`",
            "0x",
            "1e9",
            "//",
            "\u{1F600}",
            "b'",
        ] {
            for tail in ["", "related", "'", ")"] {
                let text = part.repeat(490 / part.len()) + tail;
                let _ = compile(&text);
            }
        }
        let not = "!".repeat(80) + "related";
        let facts = Facts::default().with("related", true);
        if let Ok(condition) = compile(&not) {
            assert_eq!(condition.holds(&facts.context()), Ok(true));
        }
    }

    #[test]
    fn unknown_facts_and_wrong_kinds_are_found_wherever_they_stand() {
        for text in [
            "related || unknown",
            "related && kind",
            "kind == 1",
            "kind < 1",
            "related < true",
            "buyers in [1, 'a']",
            "kind in kind",
            "!kind",
            "buyers",
            "'yes'",
            "buyers > 1.5",
            "buyers > 1u",
            "kind == null",
        ] {
            assert!(compile(text).is_err(), "{text}");
        }
    }
}
