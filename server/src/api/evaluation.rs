//! Judging what is recalled, and measuring settings by it.

use agent_memory::{
    Memory, MemoryId, Text,
    evaluation::{
        BIN_WIDTH, Case, Change, Figures, Histogram, Interval, Judgement, Moved, SavedQuery, Setting,
        Suggestion, Tried, WIDTH, compare, distances, figures, suggest,
    },
    service::{JudgementReport, LineProblem},
};
use axum::{
    Json,
    body::Bytes,
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::{
    extract::{Body, In, Place},
    problem::Problem,
    settings::{SettingBody, SettingView},
    transfer::{JSON_LINES, LineProblemView},
};

/// What somebody thinks of a memory as an answer to a query.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = Judgement)]
pub(super) enum JudgementWord {
    /// It should be recalled.
    Good,
    /// It should not.
    Bad,
}

impl From<JudgementWord> for Judgement {
    fn from(word: JudgementWord) -> Self {
        match word {
            JudgementWord::Good => Self::Good,
            JudgementWord::Bad => Self::Bad,
        }
    }
}

impl From<Judgement> for JudgementWord {
    fn from(judgement: Judgement) -> Self {
        match judgement {
            Judgement::Good => Self::Good,
            Judgement::Bad => Self::Bad,
        }
    }
}

/// A saved query with its judgements.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SavedQuery)]
pub(super) struct SavedQueryView {
    /// Its id, made of its text.
    query_id: String,
    /// What is asked.
    query: String,
    /// Memories that should be recalled.
    good: Vec<String>,
    /// Memories that should not.
    bad: Vec<String>,
    /// When it was judged last, in Unix seconds.
    judged_ts: f64,
}

impl From<SavedQuery> for SavedQueryView {
    fn from(saved: SavedQuery) -> Self {
        let ids = |ids: Vec<MemoryId>| ids.into_iter().map(Into::into).collect();
        Self {
            query_id: saved.id,
            query: saved.judged.query.into(),
            good: ids(saved.judged.good),
            bad: ids(saved.judged.bad),
            judged_ts: saved.judged_ts,
        }
    }
}

/// Saved queries.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SavedQueries {
    /// They, the one judged last first.
    queries: Vec<SavedQueryView>,
}

/// List judgements
///
/// The saved queries of the user and namespace, at most 500, each with the memories that were judged good and bad for it.
#[utoipa::path(get, path = "/judgements", tag = "tuning", operation_id = "list_judgements", params(Place),
    responses((status = 200, body = SavedQueries)))]
pub(super) async fn list(State(memory): State<Memory>, In(scope): In) -> Result<Json<SavedQueries>, Problem> {
    let queries = memory.judged_queries(&scope).await?.into_iter().map(Into::into);
    Ok(Json(SavedQueries { queries: queries.collect() }))
}

/// What to judge.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct JudgeBody {
    /// What is asked; trimmed, at most 4,096 bytes.
    #[schema(min_length = 1, max_length = 4096, example = "food allergies")]
    query: String,
    /// A memory that may be recalled for it.
    #[schema(min_length = 1, max_length = 1024)]
    memory_id: String,
    /// Whether it should be; null takes back what was said.
    // Without this a missing one would take back, too.
    #[serde(deserialize_with = "Option::deserialize")]
    #[schema(required = true)]
    verdict: Option<JudgementWord>,
}

/// The query that was judged.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Judged {
    /// Its id.
    query_id: String,
}

/// Judge a memory
///
/// Says that it is a good or a bad answer to a query, which is saved with it, or takes that back. 404 where there is no such memory.
#[utoipa::path(put, path = "/judgements", tag = "tuning", operation_id = "judge", params(Place),
    request_body = JudgeBody, responses((status = 200, body = Judged)))]
pub(super) async fn judge(
    State(memory): State<Memory>,
    In(scope): In,
    Body(body): Body<JudgeBody>,
) -> Result<Json<Judged>, Problem> {
    let query = Text::named("query", body.query)?;
    let id = MemoryId::existing(body.memory_id)?;
    let query_id = memory.judge(&scope, &query, &id, body.verdict.map(Into::into)).await?;
    Ok(Json(Judged { query_id }))
}

/// Delete a saved query
///
/// With all that was judged for it.
#[utoipa::path(delete, path = "/judgements/{query_id}", tag = "tuning", operation_id = "delete_query",
    params(Place, ("query_id" = String, Path, description = "The saved query.")), responses((status = 204)))]
pub(super) async fn delete(
    State(memory): State<Memory>,
    In(scope): In,
    Path(query_id): Path<String>,
) -> Result<StatusCode, Problem> {
    match memory.forget_query(&scope, &query_id).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(Problem::not_found("saved query")),
    }
}

/// Export judgements
///
/// One line per saved query: `{"query", "good", "bad"}` with ids of memories, as `agent-memory eval` and the import read it.
#[utoipa::path(get, path = "/judgements.jsonl", tag = "tuning", operation_id = "export_judgements", params(Place),
    responses((status = 200, content_type = "application/x-ndjson", body = String)))]
pub(super) async fn export(State(memory): State<Memory>, In(scope): In) -> Result<Response, Problem> {
    let line = |saved: SavedQuery| {
        let judged = saved.judged;
        json!({ "query": judged.query, "good": judged.good, "bad": judged.bad }).to_string() + "\n"
    };
    let lines: String = memory.judged_queries(&scope).await?.into_iter().map(line).collect();
    let headers = [
        (header::CONTENT_TYPE, JSON_LINES),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"judgements.jsonl\""),
    ];
    Ok((headers, lines).into_response())
}

/// What became of the lines. Each line counts once in one of the other numbers.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JudgementReport)]
pub(super) struct ReportView {
    /// Lines read, blank ones apart.
    lines: u64,
    /// Queries saved, or given further judgements.
    saved: u64,
    /// Lines that were refused, as a whole.
    failed: u64,
    /// What was wrong, for the first twenty of them.
    problems: Vec<LineProblemView>,
}

impl From<JudgementReport> for ReportView {
    fn from(report: JudgementReport) -> Self {
        let problem = |LineProblem { line, problem }| LineProblemView::new(line, problem);
        Self {
            lines: report.lines,
            saved: report.saved,
            failed: report.failed,
            problems: report.problems.into_iter().map(problem).collect(),
        }
    }
}

/// Import judgements
///
/// Lines `{"query", "good", "bad"}`, at most 1 MiB together; memories are named by their ids or by their exact texts. What is
/// judged already of the same query stays unless a line says otherwise. Lines that are wrong or name a memory that is not there are
/// told; the others are saved.
#[utoipa::path(post, path = "/judgements.jsonl", tag = "tuning", operation_id = "import_judgements", params(Place),
    request_body(content = String, content_type = "application/x-ndjson"),
    responses((status = 200, body = ReportView)))]
pub(super) async fn import(
    State(memory): State<Memory>,
    In(scope): In,
    body: Bytes,
) -> Result<Json<ReportView>, Problem> {
    let lines = std::str::from_utf8(&body)
        .map_err(|_| Problem::new(StatusCode::BAD_REQUEST, "the body is no UTF-8"))?;
    Ok(Json(memory.save_queries(&scope, lines).await?.into()))
}

/// What to measure.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct EvaluateBody {
    /// The setting; that of the server's flags where nothing is said.
    setting: Option<SettingBody>,
    /// A second setting, to be compared with the first one.
    against: Option<SettingBody>,
    /// Whether to look for the setting with the best balance, of the weights of the first one.
    #[serde(default)]
    #[schema(required = false)]
    suggest: bool,
    /// How narrow the interval of its balance should be, 0.01 to 1; 0.1 where nothing is said.
    #[schema(minimum = 0.01, maximum = 1)]
    width: Option<f64>,
}

/// How well a setting does over all saved queries. Rows that nobody judged are neither good nor bad: they count in `rows` and
/// `unjudged` alone.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Figures)]
pub(super) struct FiguresView {
    /// Saved queries.
    queries: usize,
    /// Queries for which nothing was recalled.
    empty: usize,
    /// The share of these, 0 to 1.
    empty_share: f64,
    /// Rows recalled.
    rows: usize,
    /// Rows among them that were judged good.
    good: usize,
    /// Rows among them that were judged bad.
    bad: usize,
    /// Rows among them that nobody judged.
    unjudged: usize,
    /// Memories judged good that were not recalled.
    missed: usize,
    /// Of all memories judged good, the share that was recalled among the first k; null where none was judged good.
    recall: Option<f64>,
    /// Of the judged rows that were recalled, the share that is good; null where none of them was judged.
    precision: Option<f64>,
    /// The balance of both: their harmonic mean.
    f1: Option<f64>,
}

impl From<Figures> for FiguresView {
    fn from(figures: Figures) -> Self {
        Self {
            queries: figures.queries,
            empty: figures.empty,
            empty_share: figures.empty_share(),
            rows: figures.rows,
            good: figures.good,
            bad: figures.bad,
            unjudged: figures.unjudged(),
            missed: figures.missed,
            recall: figures.recall(),
            precision: figures.precision(),
            f1: figures.f1(),
        }
    }
}

/// Where judged rows lie: how many in each part of the scale of distances.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Histogram)]
pub(super) struct HistogramView {
    /// How much of the scale a part takes; the first begins at 0.
    bin_width: f64,
    /// Good rows in each part.
    good: Vec<usize>,
    /// Bad rows in each part.
    bad: Vec<usize>,
}

impl From<Histogram> for HistogramView {
    fn from(histogram: Histogram) -> Self {
        Self { bin_width: BIN_WIDTH, good: histogram.good, bad: histogram.bad }
    }
}

/// A row that one setting recalls and the other one does not.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MovedRow)]
pub(super) struct MovedView {
    /// The memory.
    memory_id: String,
    /// What was said of it; null where nobody judged it.
    verdict: Option<JudgementWord>,
}

impl From<Moved> for MovedView {
    fn from(moved: Moved) -> Self {
        Self { memory_id: moved.id.into(), verdict: moved.judgement.map(Into::into) }
    }
}

/// What a second setting changes for one query.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RecallChange)]
pub(super) struct ChangeView {
    /// What is asked.
    query: String,
    /// Rows that only the second setting recalls, best first.
    gained: Vec<MovedView>,
    /// Rows that only the first setting recalls, best first.
    lost: Vec<MovedView>,
}

impl From<Change> for ChangeView {
    fn from(change: Change) -> Self {
        let views = |moved: Vec<Moved>| moved.into_iter().map(Into::into).collect();
        Self { query: change.query, gained: views(change.gained), lost: views(change.lost) }
    }
}

/// A second setting beside the first one.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Comparison)]
pub(super) struct ComparisonView {
    /// The second setting.
    setting: SettingView,
    /// How well it does.
    figures: FiguresView,
    /// Queries for which it recalls other rows.
    changes: Vec<ChangeView>,
}

/// Where 95 of 100 draws of other queries lie.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Interval)]
pub(super) struct IntervalView {
    /// The lower end.
    low: f64,
    /// The upper end.
    high: f64,
}

impl From<Interval> for IntervalView {
    fn from(interval: Interval) -> Self {
        Self { low: interval.low, high: interval.high }
    }
}

/// The setting with the best balance, and how sure that is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Suggestion)]
pub(super) struct SuggestionView {
    /// The setting.
    setting: SettingView,
    /// The same as flags of the command line.
    flags: String,
    /// How well it does.
    figures: FiguresView,
    /// Where its balance lies for other queries of the same sort.
    f1_interval: IntervalView,
    /// Where the best threshold lies for these.
    threshold_interval: IntervalView,
    /// Judgements that it is made of.
    judgements: usize,
    /// About how many more would narrow the interval of the balance to `width`; null below five judged queries.
    more_judgements: Option<usize>,
}

impl From<Suggestion> for SuggestionView {
    fn from(suggestion: Suggestion) -> Self {
        Self {
            flags: suggestion.setting.as_flags(),
            setting: suggestion.setting.into(),
            figures: suggestion.figures.into(),
            f1_interval: suggestion.f1_interval.into(),
            threshold_interval: suggestion.threshold_interval.into(),
            judgements: suggestion.judgements,
            more_judgements: suggestion.more_judgements,
        }
    }
}

/// How well a setting does.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Evaluation {
    /// The setting.
    setting: SettingView,
    /// How well it does.
    figures: FiguresView,
    /// Where judged rows lie.
    histogram: HistogramView,
    /// The second setting beside it, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    comparison: Option<ComparisonView>,
    /// The setting with the best balance, where that is asked for; null where no good row is in reach.
    #[serde(skip_serializing_if = "Option::is_none")]
    suggestion: Option<SuggestionView>,
}

/// Measure a setting
///
/// Over all saved queries: recall@k, precision, empty answers, and where good and bad rows lie; a second setting beside it; and the
/// setting with the best balance of the judged rows. What was judged and is gone by now does not count. Nothing is recalled for
/// anybody, and the setting is noted among those tried.
#[utoipa::path(post, path = "/evaluate", tag = "tuning", operation_id = "evaluate", params(Place),
    request_body = EvaluateBody, responses((status = 200, body = Evaluation)))]
pub(super) async fn evaluate(
    State(memory): State<Memory>,
    In(scope): In,
    Body(body): Body<EvaluateBody>,
) -> Result<Json<Evaluation>, Problem> {
    let width = body.width.unwrap_or(WIDTH);
    if !(0.01..=1.0).contains(&width) {
        return Err(Problem::invalid("width", "width has to be a number from 0.01 to 1"));
    }
    let setting = body.setting.unwrap_or_default().resolved(&memory, &scope).await?;
    let against = match body.against {
        Some(against) => Some(against.resolved(&memory, &scope).await?),
        None => None,
    };
    let queries: Vec<_> =
        memory.judged_queries(&scope).await?.into_iter().map(|saved| saved.judged).collect();
    let cases = memory.cases(&scope, &queries).await?;
    let told = figures(&cases, &setting);
    if !cases.is_empty() {
        memory.note_tried(&scope, &setting, &told).await?;
    }
    Ok(Json(Evaluation {
        comparison: against.map(|second| compared(&cases, &setting, second)),
        suggestion: body.suggest.then(|| suggest(&cases, setting.weights, width)).flatten().map(Into::into),
        histogram: distances(&cases).histogram().into(),
        setting: setting.into(),
        figures: told.into(),
    }))
}

fn compared(cases: &[Case], first: &Setting, second: Setting) -> ComparisonView {
    ComparisonView {
        figures: figures(cases, &second).into(),
        changes: compare(cases, first, &second).into_iter().map(Into::into).collect(),
        setting: second.into(),
    }
}

/// A setting that was measured.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TriedSetting)]
pub(super) struct TriedView {
    /// When, in Unix seconds.
    ts: f64,
    /// The setting.
    setting: SettingView,
    /// How well it did then.
    figures: FiguresView,
}

impl From<Tried> for TriedView {
    fn from(tried: Tried) -> Self {
        Self { ts: tried.ts, setting: tried.setting.into(), figures: tried.figures.into() }
    }
}

/// Settings that were measured.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TriedSettings {
    /// They, latest first, at most 50.
    settings: Vec<TriedView>,
}

/// List settings tried
///
/// The latest that were measured, with what came of them then.
#[utoipa::path(get, path = "/evaluate", tag = "tuning", operation_id = "list_settings_tried", params(Place),
    responses((status = 200, body = TriedSettings)))]
pub(super) async fn tried(
    State(memory): State<Memory>,
    In(scope): In,
) -> Result<Json<TriedSettings>, Problem> {
    let settings = memory.tried(&scope).await?.into_iter().map(Into::into);
    Ok(Json(TriedSettings { settings: settings.collect() }))
}
