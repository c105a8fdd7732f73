//! The table of models (`table.json`, made by `scripts/models.mjs`): rules about families, and a row for each model.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::id::{ModelId, matches, undated, without_version};

#[derive(Debug, Default, Deserialize)]
struct Table {
    rules: Vec<Rule>,
    models: HashMap<String, Map<String, Value>>,
    sources: Sources,
}

/// Facts of all models whose names match one of the patterns. Later rules have precedence.
#[derive(Debug, Deserialize)]
struct Rule {
    models: Vec<String>,
    facts: Map<String, Value>,
    source: String,
    date: String,
}

#[derive(Debug, Default, Deserialize)]
struct Sources {
    models: String,
}

/// The table, and ways to its rows by shorter names.
struct Index {
    table: Table,
    /// Names without version, and those without date too, to the ids of rows.
    names: HashMap<String, String>,
    providers: Vec<String>,
}

static INDEX: LazyLock<Index> = LazyLock::new(|| Index::new(serde_json::from_str(include_str!("table.json")).unwrap_or_default()));

impl Index {
    fn new(table: Table) -> Self {
        let mut ids: Vec<&String> = table.models.keys().collect();
        // Of two releases of one name the later counts.
        ids.sort_unstable();
        let mut names = HashMap::new();
        for id in ids {
            let name = without_version(id);
            names.insert(undated(name).to_owned(), id.clone());
            names.insert(name.to_owned(), id.clone());
        }
        let patterns = table.rules.iter().flat_map(|rule| &rule.models);
        let mut providers: Vec<String> = (table.models.keys().chain(patterns))
            .filter_map(|id| id.split_once('.'))
            .map(|(provider, _)| provider.to_owned())
            .collect();
        providers.sort_unstable();
        providers.dedup();
        Self { table, names, providers }
    }

    fn row(&self, id: &ModelId) -> Option<(&String, &Map<String, Value>)> {
        let key = [&id.base, &id.name]
            .into_iter()
            .find(|key| self.table.models.contains_key(*key))
            .or_else(|| self.names.get(&id.name))
            .or_else(|| self.names.get(id.undated()))?;
        self.table.models.get_key_value(key)
    }
}

/// The facts of a model, each with its source.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// The model's own id, without geo prefix; `None` for a model that is only known by its family.
    pub(super) id: Option<String>,
    pub(super) facts: Map<String, Value>,
    pub(super) sources: Map<String, Value>,
}

/// Looks a model up by an id of any form: the rules of its family, and the row of the model.
pub(super) fn look_up(id: &str) -> Known {
    let index = &*INDEX;
    let Some(id) = ModelId::read(id, |provider| index.providers.iter().any(|known| known == provider)) else {
        return Known::default();
    };
    let row = index.row(&id);
    // A row that was found by a shorter name has rules of its own.
    let name = row.map_or(id.name.as_str(), |(key, _)| without_version(key));
    let mut known = Known {
        id: row.map(|(key, _)| key.clone()),
        ..Known::default()
    };
    for rule in &index.table.rules {
        if rule.models.iter().any(|pattern| matches(pattern, name)) {
            known.add(&rule.facts, &format!("{} ({})", rule.source, rule.date));
        }
    }
    if let Some((_, facts)) = row {
        known.add(facts, &index.table.sources.models);
    }
    if let Some(context) = id.context {
        known.add(&Map::from_iter([("maxInputTokens".to_owned(), context.into())]), "the id");
    }
    known
}

/// The ids of all models of the table, without geo prefix, in order.
#[must_use]
pub fn known_models() -> Vec<&'static str> {
    let mut ids: Vec<&str> = INDEX.table.models.keys().map(String::as_str).collect();
    ids.sort_unstable();
    ids
}

impl Known {
    fn add(&mut self, facts: &Map<String, Value>, source: &str) {
        for (name, value) in facts {
            self.facts.insert(name.clone(), value.clone());
            self.sources.insert(name.clone(), source.into());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::facts::Facts;

    #[test]
    fn every_fact_of_the_table_is_understood() {
        let index = &*INDEX;
        assert!(!index.table.models.is_empty() && !index.table.rules.is_empty());
        for rule in &index.table.rules {
            let facts: Result<Facts, _> = serde_json::from_value(Value::Object(rule.facts.clone()));
            assert!(facts.is_ok(), "{:?}: {facts:?}", rule.models);
        }
        for id in index.table.models.keys() {
            let known = look_up(id);
            let facts: Result<Facts, _> = serde_json::from_value(Value::Object(known.facts));
            assert!(facts.as_ref().is_ok_and(|facts| facts.family.is_some()), "{id}: {facts:?}");
            assert_eq!(known.id.as_ref(), Some(id));
        }
    }
}
