//! Drawing lots, and filling patterns with what was drawn.

use kernel::Fen;
use rand::{
    RngExt, SeedableRng,
    rngs::StdRng,
    seq::{IndexedRandom, SliceRandom},
};

use super::vocabulary::{Field, Gain, Vocabulary};

/// Lots that depend on nothing but the seed, what is drawn for, and its number.
pub(super) struct Lots<'v> {
    pub(super) vocabulary: &'v Vocabulary,
    pub(super) rng: StdRng,
}

impl<'v> Lots<'v> {
    /// Lots for the `number`-th thing of a kind.
    pub(super) fn of(vocabulary: &'v Vocabulary, seed: u64, kind: u64, number: usize) -> Self {
        let number = u64::try_from(number).unwrap_or(u64::MAX);
        let mut start = [0; 32];
        let parts = seed.to_le_bytes().into_iter().chain(kind.to_le_bytes());
        for (byte, part) in start.iter_mut().zip(parts.chain(number.to_le_bytes())) {
            *byte = part;
        }
        Self { vocabulary, rng: StdRng::from_seed(start) }
    }

    /// Yes, in so many of a hundred cases.
    pub(super) fn chance(&mut self, percent: u32) -> bool {
        self.rng.random_range(0..100) < percent
    }

    pub(super) fn number(&mut self, low: u32, high: u32) -> u32 {
        self.rng.random_range(low..=high.max(low))
    }

    /// One of them; nothing if there are none.
    pub(super) fn pick<'t>(&mut self, list: &'t [String]) -> &'t str {
        list.choose(&mut self.rng).map_or("", String::as_str)
    }

    /// Some of them, in no order, each once.
    pub(super) fn some<T: Clone>(&mut self, list: &[T], low: u32, high: u32) -> Vec<T> {
        let amount = usize::try_from(self.number(low, high)).unwrap_or(0);
        let mut some: Vec<T> = list.sample(&mut self.rng, amount).cloned().collect();
        some.shuffle(&mut self.rng);
        some
    }

    /// A sum between 10^`low` and 10^(`low` + `orders`) yuan, as often small as large, in round
    /// figures.
    pub(super) fn money(&mut self, low: u32, orders: u32) -> Fen {
        let order = low.saturating_add(self.number(0, orders.saturating_sub(1)));
        let figure = i64::from(self.number(10, 99)) * 10;
        let yuan = figure.saturating_mul(10_i64.saturating_pow(order)) / 100;
        Fen::new(yuan.saturating_mul(100)).unwrap_or(Fen::MAX)
    }

    pub(super) fn bytes(&mut self) -> [u8; 10] {
        self.rng.random()
    }

    /// A person's name.
    pub(super) fn person(&mut self) -> String {
        let shared = &self.vocabulary.patterns.shared;
        let surname = self.pick(&shared.surnames);
        format!("{surname}{}", self.pick(&shared.given_names))
    }

    /// A telephone number that nobody has: numbers that begin so are not given out.
    pub(super) fn phone(&mut self) -> String {
        format!("0971-555{:04}", self.number(0, 9999))
    }

    /// What a text is about.
    pub(super) fn topic(&mut self) -> Topic<'v> {
        let field = self.vocabulary.fields.choose(&mut self.rng);
        let mut topic = Topic { field, ..Topic::default() };
        let Some(field) = field else { return topic };
        topic.thing = self.pick(&field.things);
        topic.methods = self.pair(&field.methods);
        topic.uses = self.pair(&field.uses);
        topic.troubles = self.pair(&field.troubles);
        topic.gains = field.gains.sample(&mut self.rng, 3).collect();
        topic
    }

    fn pair<'t>(&mut self, list: &'t [String]) -> [&'t str; 2] {
        let mut two = list.sample(&mut self.rng, 2).map(String::as_str);
        [two.next().unwrap_or_default(), two.next().unwrap_or_default()]
    }

    /// One of the patterns, filled.
    pub(super) fn say(&mut self, topic: &Topic<'_>, patterns: &[String]) -> String {
        let pattern = self.pick(patterns);
        self.fill(topic, pattern)
    }

    /// Some of the patterns, each once, filled, one after the other.
    pub(super) fn say_some(
        &mut self,
        topic: &Topic<'_>,
        patterns: &[String],
        low: u32,
        high: u32,
    ) -> String {
        let some = self.some(patterns, low, high);
        some.iter().map(|pattern| self.fill(topic, pattern)).collect()
    }

    fn fill(&mut self, topic: &Topic<'_>, pattern: &str) -> String {
        let mut text = String::new();
        let mut rest = pattern;
        while let Some((before, after)) = rest.split_once('{') {
            text.push_str(before);
            let (slot, behind) = after.split_once('}').unwrap_or((after, ""));
            text.push_str(&self.word(topic, slot));
            rest = behind;
        }
        text.push_str(rest);
        text
    }

    /// What stands in the slot of a pattern. An unknown one shows itself, which a test looks for.
    fn word(&mut self, topic: &Topic<'_>, slot: &str) -> String {
        let [method, method2] = topic.methods;
        let [place, place2] = topic.uses;
        let [trouble, trouble2] = topic.troubles;
        let shared = &self.vocabulary.patterns.shared;
        match slot {
            "thing" => topic.thing.to_owned(),
            "method" => method.to_owned(),
            "method2" => method2.to_owned(),
            "use" => place.to_owned(),
            "use2" => place2.to_owned(),
            "trouble" => trouble.to_owned(),
            "trouble2" => trouble2.to_owned(),
            "type" => topic.contract_type.to_owned(),
            "gain" => topic.gains.first().map_or_else(String::new, |gain| gain.what.clone()),
            "amount" => self.amount(topic, 0),
            "value" => self.value(topic, 0),
            "value2" => self.value(topic, 1),
            "value3" => self.value(topic, 2),
            "altitude" => (self.number(22, 52) * 100).to_string(),
            "months" => self.number(3, 36).to_string(),
            "batches" => self.number(2, 9).to_string(),
            "count" => self.number(3, 60).to_string(),
            "share" => self.number(5, 60).to_string(),
            "money" => (self.number(3, 90) * 10).to_string(),
            "place" => self.pick(&shared.places).to_owned(),
            "scale" => self.pick(&shared.scales).to_owned(),
            unknown => format!("{{{unknown}}}"),
        }
    }

    fn amount(&mut self, topic: &Topic<'_>, which: usize) -> String {
        let Some(gain) = topic.gains.get(which) else { return String::new() };
        format!("{}{}", self.number(gain.low, gain.high), gain.unit)
    }

    fn value(&mut self, topic: &Topic<'_>, which: usize) -> String {
        let what = topic.gains.get(which).map_or("", |gain| gain.what.as_str());
        format!("{what}为{}", self.amount(topic, which))
    }
}

/// What a text is about: the words that stay the same throughout.
#[derive(Default)]
pub(super) struct Topic<'v> {
    pub(super) field: Option<&'v Field>,
    pub(super) thing: &'v str,
    pub(super) methods: [&'v str; 2],
    pub(super) uses: [&'v str; 2],
    pub(super) troubles: [&'v str; 2],
    pub(super) gains: Vec<&'v Gain>,
    /// The label of a contract's type, where the text is a contract's.
    pub(super) contract_type: &'static str,
}
