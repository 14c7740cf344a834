//! Conditions: expressions in CEL, a standard language that always ends.
//!
//! CEL itself bounds neither size nor the work of macros, so only small expressions of operators
//! over named facts are let in, and no macros, loops or calls.

use cel::{Context, Program, Value, common::ast::Expr};

use crate::model::policy::ConditionText;

/// Longest expression, in bytes.
const TEXT_MAX: usize = 500;
/// Most nodes of its tree.
const NODES_MAX: usize = 100;
const OPERATORS: [&str; 11] =
    ["_&&_", "_||_", "!_", "_==_", "_!=_", "_<_", "_<=_", "_>_", "_>=_", "@in", "_in_"];

/// A condition, compiled once.
pub(crate) struct Condition {
    program: Program,
    /// The reason that is given when it does not hold.
    pub(crate) otherwise: String,
}

/// The facts that conditions speak of.
#[derive(Default)]
pub(crate) struct Facts(Vec<(&'static str, Value)>);

impl Facts {
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.0.push((name, value.into()));
        self
    }

    /// Ready to be asked.
    pub(crate) fn context(self) -> Context<'static, 'static> {
        let mut context = Context::default();
        for (name, value) in self.0 {
            context.add_variable_from_value(name, value);
        }
        context
    }
}

impl Condition {
    /// Compiles a condition.
    ///
    /// # Errors
    /// What is wrong with it, in a sentence.
    pub(crate) fn compile(text: &ConditionText) -> Result<Self, String> {
        let source = &text.when;
        if source.len() > TEXT_MAX {
            return Err(format!("a condition may have {TEXT_MAX} bytes at most: {source:.40}…"));
        }
        let program = Program::compile(source).map_err(|error| format!("`{source}`: {error}"))?;
        let mut nodes = 0;
        check(&program.expression().expr, &mut nodes)
            .map_err(|fault| format!("`{source}`: {fault}"))?;
        Ok(Self { program, otherwise: text.otherwise.clone() })
    }

    /// Does it hold?
    ///
    /// # Errors
    /// If it speaks of unknown facts, or is no yes or no.
    pub(crate) fn holds(&self, facts: &Context<'_, '_>) -> Result<bool, String> {
        match self.program.execute(facts) {
            Ok(Value::Bool(holds)) => Ok(holds),
            Ok(other) => Err(format!("a condition must be true or false, not {other:?}")),
            Err(error) => Err(error.to_string()),
        }
    }
}

fn check(expression: &Expr, nodes: &mut usize) -> Result<(), String> {
    *nodes += 1;
    if *nodes > NODES_MAX {
        return Err(format!("more than {NODES_MAX} parts"));
    }
    match expression {
        Expr::Ident(_) | Expr::Literal(_) => Ok(()),
        Expr::List(list) => list.elements.iter().try_for_each(|part| check(&part.expr, nodes)),
        Expr::Call(call) => {
            if call.target.is_some() || !OPERATORS.contains(&call.func_name.as_str()) {
                return Err(format!("`{}` is not allowed", call.func_name));
            }
            call.args.iter().try_for_each(|part| check(&part.expr, nodes))
        }
        Expr::Unspecified
        | Expr::Comprehension(_)
        | Expr::Map(_)
        | Expr::Select(_)
        | Expr::Struct(_) => Err("only operators over named facts are allowed".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compile(when: &str) -> Result<Condition, String> {
        Condition::compile(&ConditionText { when: when.to_owned(), otherwise: "x".to_owned() })
    }

    #[test]
    fn a_condition_speaks_of_named_facts() {
        let condition = compile("kind in ['a', 'b'] && !related && day >= '2020-08-19'").unwrap();
        let facts = |kind: &str, related: bool, day: &str| {
            let facts = Facts::default().with("kind", kind.to_owned()).with("related", related);
            facts.with("day", day.to_owned()).context()
        };
        assert_eq!(condition.holds(&facts("a", false, "2020-08-19")), Ok(true));
        assert_eq!(condition.holds(&facts("c", false, "2020-08-19")), Ok(false));
        assert_eq!(condition.holds(&facts("a", true, "2020-08-19")), Ok(false));
        assert_eq!(condition.holds(&facts("a", false, "2020-08-18")), Ok(false));
        assert!(compile("unknown").unwrap().holds(&Facts::default().context()).is_err());
        assert!(compile("1").unwrap().holds(&Facts::default().context()).is_err());
    }

    #[test]
    fn what_could_grow_or_call_out_is_refused() {
        let long = "true && ".repeat(80) + "true";
        for text in [
            "[1, 2].all(x, x > 0)",
            "size([1]) > 0",
            "a.b",
            "{'a': 1}",
            "'a'.matches('a*')",
            "1 +",
            long.as_str(),
        ] {
            assert!(compile(text).is_err(), "{text}");
        }
    }
}
