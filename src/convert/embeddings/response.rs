//! The answer of an embedding model → vectors.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::error::Error;

/// The members of all models' answers that have vectors.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer<'a> {
    /// Titan: `[numbers]`.
    #[serde(borrow, default)]
    embedding: Option<&'a RawValue>,
    /// Titan v2, if `embeddingTypes` was asked for: `{ float: [numbers], binary: … }`.
    #[serde(borrow, default)]
    embeddings_by_type: Option<&'a RawValue>,
    /// Cohere: `[[numbers], …]`, or `{ float: [[numbers], …], int8: … }`. Nova: `[{ embedding: [numbers] }]`.
    #[serde(borrow, default)]
    embeddings: Option<&'a RawValue>,
    /// Marengo: `[{ embedding: [numbers] }]`, or one object.
    #[serde(borrow, default)]
    data: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Entry<'a> {
    #[serde(borrow)]
    embedding: &'a RawValue,
}

/// Reads the vectors of an answer and returns their numbers, one vector after the other. All have the same length.
///
/// # Errors
/// [`Error::InvalidOutput`] unless the answer has one vector for each of the `texts`.
pub fn convert_embedding_response(body: &[u8], texts: usize) -> Result<Vec<f64>, Error> {
    let body = String::from_utf8_lossy(body);
    let answer: Answer<'_> = serde_json::from_str(&body).map_err(|error| invalid(&format!("it is no JSON object ({error})")))?;
    let vectors = find_vectors(&answer)?;
    if vectors.len() != texts {
        return Err(invalid(&format!("it has {} vectors for {texts} texts", vectors.len())));
    }
    let mut numbers = Vec::new();
    for (index, vector) in vectors.iter().enumerate() {
        let start = numbers.len();
        read_numbers(vector.get(), &mut numbers).ok_or_else(|| invalid(&format!("its vector {index} is no array of numbers")))?;
        let length = numbers.len() - start;
        if length == 0 || length * (index + 1) != numbers.len() {
            return Err(invalid(&format!("its vector {index} has {length} dimensions")));
        }
    }
    Ok(numbers)
}

fn invalid(reason: &str) -> Error {
    Error::InvalidOutput(format!("The answer of the embedding model cannot be read: {reason}."))
}

fn find_vectors<'a>(answer: &Answer<'a>) -> Result<Vec<&'a RawValue>, Error> {
    let found = match answer {
        Answer { embedding: Some(vector), .. } if is_array(vector) && vector.get() != "[]" => Some(vec![*vector]),
        Answer {
            embeddings: Some(vectors), ..
        }
        | Answer { data: Some(vectors), .. } => read_list(vectors),
        Answer {
            embeddings_by_type: Some(by_type),
            ..
        } => choose_type(by_type).map(|vector| vec![vector]),
        _ => None,
    };
    found.ok_or_else(|| invalid("it has none of the members embedding, embeddings, embeddingsByType and data with vectors"))
}

fn is_array(value: &RawValue) -> bool {
    value.get().starts_with('[')
}

/// A list of vectors or of objects with one each; an object with a list for each type; one object with a vector.
fn read_list(value: &RawValue) -> Option<Vec<&RawValue>> {
    if is_array(value) {
        let elements: Vec<&RawValue> = serde_json::from_str(value.get()).ok()?;
        return elements
            .into_iter()
            .map(|element| if is_array(element) { Some(element) } else { read_entry(element) })
            .collect();
    }
    match read_entry(value) {
        Some(vector) => Some(vec![vector]),
        None => serde_json::from_str(choose_type(value)?.get()).ok(),
    }
}

fn read_entry(value: &RawValue) -> Option<&RawValue> {
    serde_json::from_str(value.get()).ok().map(|entry: Entry<'_>| entry.embedding)
}

/// Of vectors in several number formats `float`, if it is there.
fn choose_type(value: &RawValue) -> Option<&RawValue> {
    let mut types: BTreeMap<&str, &RawValue> = serde_json::from_str(value.get()).ok()?;
    types.remove("float").or_else(|| types.into_values().next())
}

/// `text` is a JSON array. Rust's own parser rounds as JavaScript's does, and serde's does not, unless it is told to everywhere.
fn read_numbers(text: &str, numbers: &mut Vec<f64>) -> Option<()> {
    let elements = text.strip_prefix('[')?.strip_suffix(']')?;
    for element in elements.split(',') {
        numbers.push(element.trim().parse().ok()?);
    }
    Some(())
}
