//! Export and import as JSON Lines: <https://jsonlines.org>.

use agent_memory::{
    Memory,
    service::{Import, ImportOptions, ImportReport, LineProblem},
    store::{Collision, ExportOptions},
};
use axum::{
    Json,
    body::{Body, Bytes},
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use futures::{StreamExt, TryStreamExt, stream};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;
use utoipa::{IntoParams, ToSchema};

use super::{
    extract::{In, Params, Place},
    memories::FilterQuery,
    problem::Problem,
};
use crate::lines::Lines;

/// Media type of JSON Lines.
pub(super) const JSON_LINES: &str = "application/x-ndjson";

/// How to export.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ExportQuery {
    /// Whether the vectors go along; they do where nothing is said. Without them an import embeds the texts again.
    vectors: Option<bool>,
}

/// Export memories
///
/// One line per memory: `{"id", "expires_at_ms", "document"}`, the document as it stands in Redis, fields of other programs
/// included. The header `X-Total-Count` tells how many lines there will be.
#[utoipa::path(get, path = "/export", tag = "transfer", operation_id = "export_memories",
    params(Place, FilterQuery, ExportQuery),
    responses((status = 200, content_type = "application/x-ndjson", body = String)))]
pub(super) async fn export(
    State(memory): State<Memory>,
    In(scope): In,
    Params(filter): Params<FilterQuery>,
    Params(query): Params<ExportQuery>,
) -> Result<Response, Problem> {
    let options = ExportOptions { filter: filter.filter()?, with_vectors: query.vectors.unwrap_or(true) };
    let export = memory.long_term().export(&scope, options).await?;
    let lines = export.lines.map_ok(|line| Bytes::from(line + "\n"));
    let lines = lines.inspect_err(|error| tracing::error!(%error, "an export broke off"));
    let headers = [
        (header::CONTENT_TYPE, JSON_LINES.to_string()),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"memories.jsonl\"".to_string()),
        (header::HeaderName::from_static("x-total-count"), export.total.to_string()),
    ];
    Ok((headers, Body::from_stream(lines)).into_response())
}

/// What happens where a memory of the same id is there already.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum OnConflict {
    /// The one that is there stays.
    #[default]
    Skip,
    /// The one that is there is replaced, where it is of the same user and namespace.
    Overwrite,
    /// The imported one gets a new id.
    NewId,
    /// The line is refused.
    Error,
}

/// How to import.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
#[derive(Default)]
pub(super) struct ImportQuery {
    /// What happens where a memory of the same id is there already.
    #[param(inline, required = false)]
    on_conflict: OnConflict,
    /// Compare each text with the memories around it as whatever is remembered is: what says the same counts a hit on the one that
    /// is there, what revises one is linked to it. Otherwise every line becomes a memory. A dry run does not tell repetitions
    /// within the lines themselves.
    #[param(required = false)]
    dedup: bool,
    /// Only check the lines and count; nothing is written.
    #[param(required = false)]
    dry_run: bool,
    /// Answer with a line per batch while it runs; the last one is the report, or a problem.
    #[param(required = false)]
    progress: bool,
}

impl ImportQuery {
    fn options(&self) -> ImportOptions {
        let on_collision = match self.on_conflict {
            OnConflict::Skip => Collision::Skip,
            OnConflict::Overwrite => Collision::Overwrite,
            OnConflict::NewId => Collision::NewId,
            OnConflict::Error => Collision::Error,
        };
        ImportOptions { on_collision, deduplicates: self.dedup, is_dry_run: self.dry_run }
    }
}

/// What became of the lines. Each line counts once in one of the other numbers.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportReport)]
pub(super) struct ReportView {
    /// Lines read, blank ones apart.
    lines: u64,
    /// Memories written under the id of their line; in a dry run, that would be.
    written: u64,
    /// Memories that replaced one of the same id.
    overwritten: u64,
    /// Memories written under a new id.
    renamed: u64,
    /// Memories left out since their id was taken.
    skipped: u64,
    /// Memories left out since one that is there says the same, which counts a hit.
    deduplicated: u64,
    /// Memories left out since their life is over.
    expired: u64,
    /// Lines that were refused.
    failed: u64,
    /// What was wrong, for the first twenty of them.
    problems: Vec<LineProblemView>,
    /// False in the lines that tell of the progress.
    done: bool,
}

/// What was wrong with a line.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LineProblem)]
pub(super) struct LineProblemView {
    /// The line, counted from 1.
    line: u64,
    /// What was wrong.
    problem: String,
}

impl LineProblemView {
    pub(super) fn new(line: u64, problem: String) -> Self {
        Self { line, problem }
    }
}

impl ReportView {
    fn new(report: ImportReport, done: bool) -> Self {
        let problem = |LineProblem { line, problem }| LineProblemView { line, problem };
        Self {
            lines: report.lines,
            written: report.written,
            overwritten: report.overwritten,
            renamed: report.renamed,
            skipped: report.skipped,
            deduplicated: report.deduplicated,
            expired: report.expired,
            failed: report.failed,
            problems: report.problems.into_iter().map(problem).collect(),
            done,
        }
    }
}

/// Import memories
///
/// Lines as the export writes them, as many as there are; a line may have up to 1 MiB. Only `document` with a `text` is required.
/// The memories become those of the user and namespace of the call. Lines that are wrong are told; the others are written.
/// An import that broke off is repeated with `on_conflict=skip`, which leaves what is there; a key of idempotency does nothing here.
#[utoipa::path(post, path = "/import", tag = "transfer", operation_id = "import_memories", params(Place, ImportQuery),
    request_body(content = String, content_type = "application/x-ndjson"),
    responses((status = 200, content(
        (ReportView = "application/json"),
        (String = "application/x-ndjson"),
    ))))]
pub(super) async fn import(
    State(memory): State<Memory>,
    In(scope): In,
    Params(query): Params<ImportQuery>,
    body: Body,
) -> Result<Response, Problem> {
    let import = memory.import(scope, query.options());
    if query.progress {
        return Ok(with_progress(import, body));
    }
    let report = run(import, body, |_| {}).await?;
    Ok(Json(ReportView::new(report, true)).into_response())
}

async fn run(
    mut import: Import,
    body: Body,
    mut on_progress: impl FnMut(&ImportReport),
) -> Result<ImportReport, Problem> {
    let (mut lines, mut pieces) = (Lines::default(), body.into_data_stream());
    while let Some(piece) = pieces.next().await {
        let broke_off = |error: axum::Error| {
            Problem::new(StatusCode::BAD_REQUEST, format!("the body broke off: {error}"))
        };
        for line in lines.push(&piece.map_err(broke_off)?) {
            if take(&mut import, line).await? {
                on_progress(import.report());
            }
        }
    }
    if let Some(line) = lines.finish() {
        take(&mut import, line).await?;
    }
    Ok(import.finish().await?)
}

async fn take(import: &mut Import, line: Result<String, &'static str>) -> Result<bool, Problem> {
    match line {
        Ok(line) => Ok(import.line(&line).await?),
        Err(problem) => {
            import.unreadable(problem);
            Ok(false)
        }
    }
}

/// Answers at once and tells how far it is; the import goes on even where nobody listens.
fn with_progress(import: Import, body: Body) -> Response {
    let (sender, receiver) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        let told = sender.clone();
        let tell = move |report: &ImportReport| {
            let _ = told.send(line_of(&ReportView::new(report.clone(), false)));
        };
        let last = match run(import, body, tell).await {
            Ok(report) => line_of(&ReportView::new(report, true)),
            Err(problem) => line_of(&problem),
        };
        let _ = sender.send(last);
    });
    let lines = stream::unfold(receiver, async |mut receiver| Some((receiver.recv().await?, receiver)));
    let lines = lines.map(Ok::<_, std::convert::Infallible>);
    ([(header::CONTENT_TYPE, JSON_LINES)], Body::from_stream(lines)).into_response()
}

fn line_of(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default() + "\n"
}
