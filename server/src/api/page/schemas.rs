//! The schemas of the document as tables.

use std::fmt::Write;

use serde_json::Value;
use utoipa::openapi::Components;

use super::{escaped, prose};

/// One table per schema with its fields; a plain list of words where it has none.
pub(super) fn render(page: &mut String, components: &Components) {
    *page += "<section><h2>Schemas</h2>";
    for (name, schema) in &components.schemas {
        let schema = serde_json::to_value(schema).unwrap_or_default();
        let _ = write!(page, "<article id=\"schema-{0}\"><h3>{0}</h3>", escaped(name));
        let _ = write!(page, "<p>{}</p>", prose(text(&schema, "description")));
        match schema["properties"].as_object() {
            Some(properties) => fields(page, properties, &schema["required"]),
            None => {
                let _ = write!(page, "<p>{}</p>", escaped(&kind(&schema)));
            }
        }
        *page += "</article>";
    }
    *page += "</section>";
}

fn fields(page: &mut String, properties: &serde_json::Map<String, Value>, required: &Value) {
    let is_required =
        |name: &str| required.as_array().is_some_and(|names| names.iter().any(|known| known == name));
    *page += "<table><thead><tr><th scope=\"col\">Field</th><th scope=\"col\">Type</th><th scope=\"col\">What</th></tr></thead><tbody>";
    for (name, schema) in properties {
        let need = if is_required(name) { "" } else { ", may be left out" };
        let _ = write!(
            page,
            "<tr><th scope=\"row\"><code>{}</code></th><td>{}{need}</td><td>{}</td></tr>",
            escaped(name),
            escaped(&kind(schema)),
            prose(text(schema, "description")),
        );
    }
    *page += "</tbody></table>";
}

fn text<'a>(schema: &'a Value, name: &str) -> &'a str {
    schema[name].as_str().unwrap_or_default()
}

/// The type in words.
fn kind(schema: &Value) -> String {
    if let Some(words) = schema["enum"].as_array() {
        return words.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" | ");
    }
    if let Some(reference) = schema["$ref"].as_str() {
        return reference.rsplit('/').next().unwrap_or_default().into();
    }
    for combined in ["oneOf", "allOf", "anyOf"] {
        if let Some(parts) = schema[combined].as_array() {
            return parts.iter().map(kind).filter(|kind| !kind.is_empty()).collect::<Vec<_>>().join(" | ");
        }
    }
    match &schema["type"] {
        Value::String(kind) if kind == "array" => format!("list of {}", self::kind(&schema["items"])),
        Value::String(kind) => kind.clone(),
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" | "),
        _ => text(schema, "const").into(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn types_are_told_in_words() {
        let rows = [
            (json!({ "type": "string" }), "string"),
            (json!({ "type": ["integer", "null"] }), "integer | null"),
            (
                json!({ "type": "array", "items": { "$ref": "#/components/schemas/Memory" } }),
                "list of Memory",
            ),
            (json!({ "enum": ["a", "b"], "type": "string" }), "a | b"),
            (json!({ "oneOf": [{ "type": "null" }, { "$ref": "#/x/Kind" }] }), "null | Kind"),
        ];
        for (schema, expected) in rows {
            assert_eq!(kind(&schema), expected);
        }
    }
}
