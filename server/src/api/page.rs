//! `/api`: the OpenAPI document as a page to read, without any script. `/api/openapi.json`: the document itself.

mod schemas;

use std::{fmt::Write, sync::Arc};

use axum::{
    Router,
    http::{HeaderValue, header},
    response::{Html, IntoResponse},
    routing::get,
};
use tower_http::set_header::SetResponseHeaderLayer;
use utoipa::openapi::{
    HttpMethod, OpenApi, RefOr, Required,
    path::{Operation, Parameter},
};

use super::{openapi::operations, problem::KINDS};
use crate::assets::ASK_AGAIN;

const STYLES: &str = include_str!("page.css");

/// Nothing but our own stylesheet.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

/// The page, its stylesheet, and the document.
pub(super) fn routes(document: &OpenApi) -> Router {
    // The document is made of plain data, which always has a JSON form.
    let json: Arc<str> = document.to_pretty_json().unwrap_or_default().into();
    let page: Arc<str> = render(&mut document.clone()).into();
    let json_headers = [(header::CONTENT_TYPE, "application/json")];
    let style_headers = [(header::CONTENT_TYPE, "text/css; charset=utf-8")];
    Router::new()
        .route("/api", get(async move || Html(page.to_string())))
        .route("/api/page.css", get(async move || (style_headers, STYLES)))
        .route("/api/openapi.json", get(async move || (json_headers, json.to_string()).into_response()))
        .layer(SetResponseHeaderLayer::if_not_present(header::CONTENT_SECURITY_POLICY, POLICY))
        .layer(SetResponseHeaderLayer::if_not_present(header::CACHE_CONTROL, ASK_AGAIN))
}

fn render(document: &mut OpenApi) -> String {
    let mut page = String::from(HEAD);
    let info = &document.info;
    let _ = write!(page, "<header><h1>{} {}</h1>", escaped(&info.title), escaped(&info.version));
    for paragraph in info.description.as_deref().unwrap_or_default().split("\n\n") {
        let _ = write!(page, "<p>{}</p>", prose(paragraph));
    }
    page += "<p>The same for programs: <a href=\"/api/openapi.json\">OpenAPI 3.1</a>.</p></header><main>";
    let tags = document.tags.clone().unwrap_or_default();
    for tag in &tags {
        let about = prose(tag.description.as_deref().unwrap_or_default());
        let _ = write!(page, "<section><h2>{}</h2><p>{about}</p>", escaped(&tag.name));
        for (path, item) in &mut document.paths.paths {
            for (method, operation) in operations(item) {
                if operation.tags.as_ref().is_some_and(|tags| tags.contains(&tag.name)) {
                    render_operation(&mut page, &method, path, operation);
                }
            }
        }
        page += "</section>";
    }
    if let Some(components) = &document.components {
        schemas::render(&mut page, components);
    }
    render_problems(&mut page);
    page + "</main></body></html>\n"
}

const HEAD: &str = "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
    <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>agent-memory API</title>\
    <link rel=\"stylesheet\" href=\"/api/page.css\"></head><body>";

fn render_operation(page: &mut String, method: &HttpMethod, path: &str, operation: &Operation) {
    let id = escaped(operation.operation_id.as_deref().unwrap_or_default());
    let summary = prose(operation.summary.as_deref().unwrap_or_default());
    let _ = write!(page, "<article id=\"{id}\"><h3>{summary}</h3>");
    let _ = write!(page, "<p class=\"call\"><code>{} {}</code></p>", name(method), escaped(path));
    if let Some(description) = &operation.description {
        let _ = write!(page, "<p>{}</p>", prose(description));
    }
    if let Some(parameters) = &operation.parameters {
        render_parameters(page, parameters);
    }
    if let Some(body) = &operation.request_body {
        for (kind, content) in &body.content {
            let _ = write!(page, "<p>Body: <code>{}</code></p>", escaped(kind));
            render_schema(page, content.schema.as_ref());
        }
    }
    for (status, response) in operation.responses.responses.iter().filter(|(status, _)| *status != "default")
    {
        let RefOr::T(response) = response else { continue };
        let kinds: Vec<_> = response.content.keys().map(|kind| escaped(kind)).collect();
        let _ =
            write!(page, "<p>Answer {}: <code>{}</code></p>", escaped(status), kinds.join("</code>, <code>"));
        for content in response.content.values() {
            render_schema(page, content.schema.as_ref());
        }
    }
    *page += "</article>";
}

fn render_parameters(page: &mut String, parameters: &[Parameter]) {
    *page += "<table><thead><tr><th scope=\"col\">Parameter</th><th scope=\"col\">In</th><th scope=\"col\">What</th></tr></thead><tbody>";
    for parameter in parameters {
        let place = serde_json::to_value(&parameter.parameter_in).unwrap_or_default();
        let need = if parameter.required == Required::True { ", required" } else { "" };
        let _ = write!(
            page,
            "<tr><th scope=\"row\"><code>{}</code></th><td>{}{need}</td><td>{}</td></tr>",
            escaped(&parameter.name),
            escaped(place.as_str().unwrap_or_default()),
            prose(parameter.description.as_deref().unwrap_or_default()),
        );
    }
    *page += "</tbody></table>";
}

/// Leads to the schema below.
fn render_schema(page: &mut String, schema: Option<&RefOr<utoipa::openapi::Schema>>) {
    let Some(RefOr::Ref(reference)) = schema else { return };
    let name = reference.ref_location.rsplit('/').next().unwrap_or_default();
    let _ = write!(page, "<p class=\"schema\">Schema: <a href=\"#schema-{0}\">{0}</a></p>", escaped(name));
}

fn render_problems(page: &mut String) {
    *page += "<section><h2>Problems</h2><dl>";
    for (status, title, way_out) in KINDS {
        let code = status.as_u16();
        let _ = write!(
            page,
            "<dt id=\"problem-{code}\">{code} {}</dt><dd>{}</dd>",
            escaped(title),
            prose(way_out)
        );
    }
    *page += "</dl></section>";
}

fn name(method: &HttpMethod) -> &'static str {
    match method {
        HttpMethod::Post => "POST",
        HttpMethod::Put => "PUT",
        HttpMethod::Patch => "PATCH",
        HttpMethod::Delete => "DELETE",
        _ => "GET",
    }
}

/// Text for a page, with what stands in backticks as code.
fn prose(text: &str) -> String {
    let parts = escaped(text);
    let mut prose = String::with_capacity(parts.len());
    for (at, part) in parts.split('`').enumerate() {
        if at > 0 {
            prose += if at % 2 == 1 { "<code>" } else { "</code>" };
        }
        prose += part;
    }
    if parts.matches('`').count() % 2 == 1 {
        prose += "</code>";
    }
    prose
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped_and_backticks_become_code() {
        assert_eq!(prose("a `<b>` & \"c\""), "a <code>&lt;b&gt;</code> &amp; &quot;c&quot;");
        assert_eq!(prose("odd `one"), "odd <code>one</code>");
    }
}
