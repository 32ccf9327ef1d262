//! The document under test, with its products and groups looked up once.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::formats::csaf::{Document, Found, select};
use crate::formats::limits;

/// Where products are defined (CSAF 2.0 6.1.2).
const DEFINITIONS: [&str; 3] = [
    "/product_tree/branches[]*/product",
    "/product_tree/full_product_names[]",
    "/product_tree/relationships[]/full_product_name",
];

pub(super) struct Subject<'a> {
    pub(super) document: &'a Document,
    /// Where products are defined, in this order of places.
    pub(super) definitions: Vec<Found<'a>>,
    /// Every defined product.
    pub(super) products: BTreeSet<&'a str>,
    /// Every group with its products.
    pub(super) groups: BTreeMap<&'a str, Vec<&'a str>>,
    /// How many products one test may still look at through groups: one group in every
    /// vulnerability asks for the square of the document.
    steps: Cell<usize>,
}

impl<'a> Subject<'a> {
    pub(super) fn new(document: &'a Document) -> Self {
        let definitions: Vec<Found<'a>> = DEFINITIONS
            .iter()
            .flat_map(|path| document.select(path))
            .collect();
        let products = definitions
            .iter()
            .filter_map(|product| product.value.get("product_id")?.as_str())
            .collect();
        let mut groups: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for group in document.select("/product_tree/product_groups[]") {
            if let Some(id) = group.value.get("group_id").and_then(Value::as_str) {
                let held = groups.entry(id).or_default();
                held.extend(texts(group.value, "product_ids"));
            }
        }
        Self {
            document,
            definitions,
            products,
            groups,
            steps: Cell::new(limits::CSAF_STEPS),
        }
    }

    /// Before each test.
    pub(super) fn refill(&self) {
        self.steps.set(limits::CSAF_STEPS);
    }

    pub(super) fn exhausted(&self) -> bool {
        self.steps.get() == 0
    }

    /// The profile that the document says it follows.
    pub(super) fn category(&self) -> Option<&'a str> {
        self.document.text("/document/category")
    }

    pub(super) fn vulnerabilities(&self) -> Vec<Found<'a>> {
        self.document.select("/vulnerabilities[]")
    }

    /// The products that items name, themselves or through groups, each once.
    pub(super) fn products_of(&self, items: &[&'a Value]) -> BTreeSet<&'a str> {
        let of = |key| items.iter().flat_map(move |item| texts(item, key));
        let mut named: BTreeSet<&str> = of("product_ids").collect();
        let groups: BTreeSet<&str> = of("group_ids").collect();
        for held in groups.iter().filter_map(|group| self.groups.get(group)) {
            if !self.step(held.len()) {
                break;
            }
            named.extend(held);
        }
        named
    }

    /// Takes steps; `false` when there are none left.
    fn step(&self, count: usize) -> bool {
        let left = self.steps.get().saturating_sub(count);
        self.steps.set(left);
        left > 0
    }
}

/// The texts of a list at a key.
pub(super) fn texts<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a str> {
    value
        .get(key)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
}

/// The text at a key.
pub(super) fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key)?.as_str()
}

/// What stands at a path below something found.
pub(super) fn below<'a>(at: &Found<'a>, path: &str) -> Vec<Found<'a>> {
    select(at.value, &at.place, path)
}
