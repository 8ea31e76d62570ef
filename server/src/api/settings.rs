//! Settings of a recall, as requests say them, and profiles: some of a setting under a name.

use agent_memory::{
    Memory, Scope, Threshold,
    evaluation::{Profile, Setting},
    ranking::{Ranking, Weights},
};
use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    extract::{Body, In, Params, Place},
    problem::Problem,
};

/// How memories are ranked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = Ranking)]
pub(super) enum RankingWord {
    /// By the distance of their vectors alone.
    Distance,
    /// By distance, words and neighbouring turns.
    #[default]
    Hybrid,
}

impl From<RankingWord> for Ranking {
    fn from(word: RankingWord) -> Self {
        match word {
            RankingWord::Distance => Self::Distance,
            RankingWord::Hybrid => Self::Hybrid,
        }
    }
}

impl From<Ranking> for RankingWord {
    fn from(ranking: Ranking) -> Self {
        match ranking {
            Ranking::Distance => Self::Distance,
            Ranking::Hybrid => Self::Hybrid,
        }
    }
}

/// How much each part of a hybrid ranking counts, 0 to 10 each and not all 0; 1 where nothing is said.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = Weights)]
pub(super) struct WeightsRecord {
    /// The vector.
    #[schema(minimum = 0, maximum = 10)]
    vector: f64,
    /// The words of the text itself.
    #[schema(minimum = 0, maximum = 10)]
    text: f64,
    /// The words of the turns around it.
    #[schema(minimum = 0, maximum = 10)]
    around: f64,
}

impl Default for WeightsRecord {
    fn default() -> Self {
        Weights::default().into()
    }
}

impl From<Weights> for WeightsRecord {
    fn from(weights: Weights) -> Self {
        Self { vector: weights.vector, text: weights.text, around: weights.around }
    }
}

impl From<WeightsRecord> for Weights {
    fn from(record: WeightsRecord) -> Self {
        Self { vector: record.vector, text: record.text, around: record.around }
    }
}

/// Some of a setting: what it does not say is left to the server's flags.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Profile)]
pub(super) struct ProfileRecord {
    /// Up to which cosine distance, 0 to 2.
    #[schema(minimum = 0, maximum = 2)]
    threshold: Option<f64>,
    /// At most how many rows, 1 to 50.
    #[schema(minimum = 1, maximum = 50)]
    k: Option<usize>,
    /// How to rank.
    ranking: Option<RankingWord>,
    /// How much each part of a hybrid ranking counts.
    weights: Option<WeightsRecord>,
}

impl ProfileRecord {
    fn checked(self) -> Result<Profile, Problem> {
        let profile = Profile {
            threshold: self.threshold.map(Threshold::new).transpose()?,
            k: self.k,
            ranking: self.ranking.map(Into::into),
            weights: self.weights.map(Into::into),
        };
        Ok(profile.checked()?)
    }
}

impl From<Profile> for ProfileRecord {
    fn from(profile: Profile) -> Self {
        Self {
            threshold: profile.threshold.map(Threshold::distance),
            k: profile.k,
            ranking: profile.ranking.map(Into::into),
            weights: profile.weights.map(Into::into),
        }
    }
}

/// A setting as a request says it: a profile, and what is said besides, which wins over it.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SettingRequest)]
pub(super) struct SettingBody {
    /// Name of a profile.
    #[schema(max_length = 128)]
    profile: Option<String>,
    /// Up to which cosine distance, 0 to 2.
    #[schema(minimum = 0, maximum = 2)]
    threshold: Option<f64>,
    /// At most how many rows, 1 to 50.
    #[schema(minimum = 1, maximum = 50)]
    k: Option<usize>,
    /// How to rank.
    ranking: Option<RankingWord>,
    /// How much each part of a hybrid ranking counts.
    weights: Option<WeightsRecord>,
}

impl SettingBody {
    pub(super) async fn resolved(self, memory: &Memory, scope: &Scope) -> Result<Setting, Problem> {
        let Self { profile, threshold, k, ranking, weights } = self;
        let said = ProfileRecord { threshold, k, ranking, weights }.checked()?;
        resolved(memory, scope, profile.as_deref(), said).await
    }
}

/// What is said, then what the named profile says, then the server's flags.
pub(super) async fn resolved(
    memory: &Memory,
    scope: &Scope,
    name: Option<&str>,
    said: Profile,
) -> Result<Setting, Problem> {
    let named = match name {
        None => Profile::default(),
        Some(name) => memory.profile(scope, name).await?.ok_or_else(|| {
            Problem::invalid(
                "profile",
                format!("this user and namespace have no profile `{name}`, and none is shared"),
            )
        })?,
    };
    let flags = Setting { threshold: memory.settings().recall_threshold, ..Setting::default() };
    Ok(said.or(named).onto(flags))
}

/// A setting.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Setting)]
pub(super) struct SettingView {
    /// Up to which cosine distance.
    threshold: f64,
    /// At most how many rows.
    k: usize,
    /// How to rank.
    ranking: RankingWord,
    /// How much each part of a hybrid ranking counts.
    weights: WeightsRecord,
}

impl From<Setting> for SettingView {
    fn from(setting: Setting) -> Self {
        Self {
            threshold: setting.threshold.distance(),
            k: setting.k,
            ranking: setting.ranking.into(),
            weights: setting.weights.into(),
        }
    }
}

/// A profile under its name.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NamedProfile)]
pub(super) struct NamedProfileView {
    /// Its name.
    name: String,
    /// Whether all users and namespaces share it.
    shared: bool,
    /// What it says.
    profile: ProfileRecord,
}

/// Profiles by name: those of the user and namespace, then those that all share.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ProfileList {
    /// They.
    profiles: Vec<NamedProfileView>,
}

/// Whose profile.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct SharedQuery {
    /// Whether it is the profile that all users and namespaces share; false where nothing is said.
    shared: Option<bool>,
}

/// List profiles
///
/// Settings under a name, which `profile` in `/recall`, `/turn` and `/evaluate` names: those of the user and namespace, and those
/// that all share.
#[utoipa::path(get, path = "/profiles", tag = "tuning", operation_id = "list_profiles", params(Place),
    responses((status = 200, body = ProfileList)))]
pub(super) async fn list(State(memory): State<Memory>, In(scope): In) -> Result<Json<ProfileList>, Problem> {
    let (own, shared) = memory.profiles(&scope).await?;
    let view = |shared| {
        move |(name, profile): (String, Profile)| NamedProfileView { name, shared, profile: profile.into() }
    };
    let profiles = own.into_iter().map(view(false)).chain(shared.into_iter().map(view(true)));
    Ok(Json(ProfileList { profiles: profiles.collect() }))
}

/// Read a profile
///
/// The one of the user and namespace, or else the one that all share.
#[utoipa::path(get, path = "/profiles/{name}", tag = "tuning", operation_id = "read_profile",
    params(Place, ("name" = String, Path, description = "The profile.", max_length = 128)),
    responses((status = 200, body = ProfileRecord)))]
pub(super) async fn read(
    State(memory): State<Memory>,
    In(scope): In,
    Path(name): Path<String>,
) -> Result<Json<ProfileRecord>, Problem> {
    let profile = memory.profile(&scope, &name).await?.ok_or_else(|| Problem::not_found("profile"))?;
    Ok(Json(profile.into()))
}

/// Keep a profile
///
/// In the place of one of the same name. At most 100 for each user and namespace, and 100 that all share.
#[utoipa::path(put, path = "/profiles/{name}", tag = "tuning", operation_id = "set_profile",
    params(Place, SharedQuery, ("name" = String, Path, description = "The profile.", max_length = 128)),
    request_body = ProfileRecord, responses((status = 200, body = ProfileRecord)))]
pub(super) async fn set(
    State(memory): State<Memory>,
    In(scope): In,
    Params(SharedQuery { shared }): Params<SharedQuery>,
    Path(name): Path<String>,
    Body(body): Body<ProfileRecord>,
) -> Result<Json<ProfileRecord>, Problem> {
    let profile = body.checked()?;
    memory.set_profile((shared != Some(true)).then_some(&scope), &name, profile).await?;
    Ok(Json(profile.into()))
}

/// Delete a profile
///
/// The one of the user and namespace, or with `shared` the one that all share.
#[utoipa::path(delete, path = "/profiles/{name}", tag = "tuning", operation_id = "delete_profile",
    params(Place, SharedQuery, ("name" = String, Path, description = "The profile.", max_length = 128)),
    responses((status = 204)))]
pub(super) async fn delete(
    State(memory): State<Memory>,
    In(scope): In,
    Params(SharedQuery { shared }): Params<SharedQuery>,
    Path(name): Path<String>,
) -> Result<StatusCode, Problem> {
    match memory.delete_profile((shared != Some(true)).then_some(&scope), &name).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(Problem::not_found("profile")),
    }
}
