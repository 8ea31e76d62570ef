//! The OpenAPI document: what is said once about all calls, and what all of them have in common.

use utoipa::openapi::{
    Components, ContentBuilder, HttpMethod, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder, Ref, RefOr,
    Required, Response, ResponseBuilder,
    path::{Operation, ParameterBuilder, ParameterIn, PathItem},
    schema::{ObjectBuilder, Type},
    security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme},
    tag::TagBuilder,
};
use utoipa::{PartialSchema, ToSchema};

use super::problem::{MEDIA_TYPE, Problem};

const DESCRIPTION: &str = "\
A memory for AI agents on plain Redis: working memory, long-term memory with semantic recall, and an event log.

Every call names its user and namespace in the query, except those under `/users`; a missing one is `default`. Nobody ever sees another's memories or threads.

Errors are problem details (RFC 9457) with `type`, `title`, `status`, `detail` and, where a field was wrong, `field`; nothing was \
changed then. Names and ids have at most 128 characters and no control character, texts 65,536 bytes, bodies 1 MiB.

A write that carries `Idempotency-Key` is done once: its repetitions within a day get the first answer. \
An import is repeated with `on_conflict=skip` instead.";

const TAGS: [(&str, &str); 8] = [
    ("agent loop", "What an agent calls in each round: one turn, or a recall without any write."),
    ("threads", "Working memory: goal, notes, and the rolling window of turns."),
    ("memories", "Long-term memory: facts that stay and episodes that expire."),
    (
        "tuning",
        "Which threshold, how many, ranked how: judge what is recalled, measure settings by it, keep them under a name.",
    ),
    ("events", "What happened on a thread."),
    ("transfer", "All memories out, and back in, to the letter."),
    ("users", "Who has a memory here, and forgetting somebody for good."),
    ("server", "The index, and whether the server is alive and ready."),
];

/// Writes for which an idempotency key does nothing.
const WITHOUT_KEY: [&str; 2] = ["import_memories", "forget_user"];

/// What the document says before any call is known.
pub(super) fn about() -> OpenApi {
    let info = InfoBuilder::new()
        .title("agent-memory")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(DESCRIPTION))
        .license(Some(LicenseBuilder::new().name("MIT").identifier(Some("MIT")).build()));
    let tag = |(name, description)| TagBuilder::new().name(name).description(Some(description)).build();
    OpenApiBuilder::new().info(info).tags(Some(TAGS.map(tag))).build()
}

/// The document with what all calls have in common: the token, the problem that may be answered, the key of writes.
pub(super) fn completed(mut document: OpenApi) -> OpenApi {
    document.security =
        Some(vec![SecurityRequirement::default(), SecurityRequirement::new::<_, _, String>("token", [])]);
    let components = document.components.get_or_insert_with(Components::new);
    components.schemas.insert(Problem::name().into(), Problem::schema());
    let token = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("Only where the server was started with `--token`."));
    components.security_schemes.insert("token".into(), SecurityScheme::Http(token.build()));
    components.responses.insert("Problem".into(), RefOr::T(problem()));
    for item in document.paths.paths.values_mut() {
        for (method, operation) in operations(item) {
            let reference = RefOr::Ref(Ref::from_response_name("Problem"));
            operation.responses.responses.insert("default".into(), reference);
            let has_no_key = operation.operation_id.as_deref().is_some_and(|id| WITHOUT_KEY.contains(&id));
            if method != HttpMethod::Get && !has_no_key {
                operation.parameters.get_or_insert_default().push(idempotency_key());
            }
            describe_success(operation);
        }
    }
    document
}

/// The operations of a path, with their methods.
pub(super) fn operations(item: &mut PathItem) -> impl Iterator<Item = (HttpMethod, &mut Operation)> {
    let all = [
        (HttpMethod::Get, &mut item.get),
        (HttpMethod::Post, &mut item.post),
        (HttpMethod::Put, &mut item.put),
        (HttpMethod::Patch, &mut item.patch),
        (HttpMethod::Delete, &mut item.delete),
    ];
    all.into_iter().filter_map(|(method, operation)| operation.as_mut().map(|operation| (method, operation)))
}

fn problem() -> Response {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name(Problem::name()))).build();
    ResponseBuilder::new().description("What went wrong.").content(MEDIA_TYPE, content).build()
}

fn idempotency_key() -> utoipa::openapi::path::Parameter {
    let text = ObjectBuilder::new()
        .schema_type(Type::String)
        .min_length(Some(1))
        .max_length(Some(255))
        .pattern(Some("^[!-~]+$"));
    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some("Does this write once: a repetition gets the first answer."))
        .schema(Some(text))
        .build()
}

/// A description is required, and the summary of the operation says all there is.
fn describe_success(operation: &mut Operation) {
    for response in operation.responses.responses.values_mut() {
        if let RefOr::T(response) = response
            && response.description.is_empty()
        {
            response.description = "Done.".into();
        }
    }
}
