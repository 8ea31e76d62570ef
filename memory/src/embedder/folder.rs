//! A model's folder, as sentence-transformers lays it out: what its small files say about the model.
//!
//! <https://sbert.net/docs/sentence_transformer/usage/custom_models.html>

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
};

use serde::{Deserialize, de::DeserializeOwned};

use super::{
    files::failure,
    settings::{ModelSettings, Pooling},
};
use crate::{Error, Result};

/// Word pieces where no file says how many: as many as most models of this kind were trained with.
const USUAL_WORD_PIECES: usize = 512;

/// Files of which a folder has at least one, unless it is just a graph and a tokenizer.
const SETTINGS: [&str; 5] = [
    "modules.json",
    "config.json",
    "config_sentence_transformers.json",
    "sentence_bert_config.json",
    "1_Pooling/config.json",
];

/// What a folder says about its model. One that says nothing holds all-MiniLM-L6-v2, which is checked when it is loaded.
///
/// # Errors
/// [`Error::Embedder`] where a file is missing or cannot be read, or where the model does what is not supported here.
pub(super) fn read(folder: &Path) -> Result<ModelSettings> {
    if !SETTINGS.iter().any(|name| folder.join(name).is_file()) {
        return Ok(ModelSettings::default());
    }
    let modules: Vec<Module> = required(&folder.join("modules.json"))?;
    let parts = Parts::of(folder, &modules)?;
    let transformer: Transformer = required(&parts.transformer.join("config.json"))?;
    let pooling: PoolingConfig = required(&parts.pooling.join("config.json"))?;
    let sentence: SentenceConfig = optional(&parts.transformer.join("sentence_bert_config.json"))?;
    let tokenizer: TokenizerConfig = optional(&parts.transformer.join("tokenizer_config.json"))?;
    let texts: TextConfig = optional(&folder.join("config_sentence_transformers.json"))?;
    let refused = |what: String| unsupported(folder, &what);
    if pooling.word_embedding_dimension.is_some_and(|size| size != transformer.hidden_size) {
        return Err(refused("pools vectors of another size than those of its transformer".into()));
    }
    if !parts.is_normalized && texts.similarity_fn_name.as_deref().is_some_and(|name| name != "cosine") {
        return Err(refused(
            "compares vectors by something else than their direction, which is what Redis compares".into(),
        ));
    }
    let query_prefix = texts.prompt(&["query"]);
    let passage_prefix = texts.prompt(&["document", "passage", "corpus"]);
    if pooling.include_prompt == Some(false) && !(query_prefix.is_empty() && passage_prefix.is_empty()) {
        return Err(refused("leaves its prompts out of the pooling (`include_prompt`)".into()));
    }
    Ok(ModelSettings {
        name: name_of(folder),
        dimensions: transformer.hidden_size,
        max_word_pieces: word_pieces(&transformer, &sentence, &tokenizer).map_err(refused)?,
        pooling: pooling.mode().map_err(refused)?,
        is_normalized: parts.is_normalized,
        query_prefix,
        passage_prefix,
        is_lowercased: sentence.do_lower_case,
        padding: transformer.pad_token_id.unwrap_or(0),
    })
}

/// A step of the model, as `modules.json` lists them.
#[derive(Deserialize)]
struct Module {
    path: String,
    r#type: String,
}

impl Module {
    /// `Pooling` of `sentence_transformers.models.Pooling`.
    fn kind(&self) -> &str {
        self.r#type.rsplit('.').next().unwrap_or_default()
    }
}

/// Where the settings of each step lie, and which steps there are.
struct Parts {
    transformer: PathBuf,
    pooling: PathBuf,
    is_normalized: bool,
}

impl Parts {
    fn of(folder: &Path, modules: &[Module]) -> Result<Self> {
        let kinds: Vec<&str> = modules.iter().map(Module::kind).collect();
        let is_normalized = match kinds.as_slice() {
            ["Transformer", "Pooling"] => false,
            ["Transformer", "Pooling", "Normalize"] => true,
            _ => {
                let steps = kinds.iter().map(|kind| format!("`{kind}`")).collect::<Vec<_>>().join(", ");
                let what = format!(
                    "has the steps {steps} instead of `Transformer`, `Pooling` and, where it likes, `Normalize`"
                );
                return Err(unsupported(folder, &what));
            }
        };
        let path = |at: usize| folder.join(&modules[at].path);
        Ok(Self { transformer: path(0), pooling: path(1), is_normalized })
    }
}

/// `config.json` of the transformer.
#[derive(Deserialize)]
struct Transformer {
    hidden_size: usize,
    model_type: Option<String>,
    max_position_embeddings: Option<usize>,
    pad_token_id: Option<u32>,
}

impl Transformer {
    /// Word pieces that the model has places for. Those of RoBERTa's family begin to count behind the padding's number.
    fn places(&self) -> Option<usize> {
        let is_roberta = self.model_type.as_deref().is_some_and(|kind| kind.contains("roberta"));
        let taken = if is_roberta { self.pad_token_id.unwrap_or(1) as usize + 1 } else { 0 };
        self.max_position_embeddings.map(|places| places.saturating_sub(taken))
    }
}

/// `sentence_bert_config.json`.
#[derive(Deserialize, Default)]
struct SentenceConfig {
    max_seq_length: Option<usize>,
    #[serde(default)]
    do_lower_case: bool,
}

/// `tokenizer_config.json`. Its length is a float of 30 digits where there is none.
#[derive(Deserialize, Default)]
struct TokenizerConfig {
    model_max_length: Option<f64>,
}

/// `config_sentence_transformers.json`.
#[derive(Deserialize, Default)]
struct TextConfig {
    #[serde(default)]
    prompts: HashMap<String, String>,
    default_prompt_name: Option<String>,
    similarity_fn_name: Option<String>,
}

impl TextConfig {
    /// The first prompt of these names, or else the default one.
    fn prompt(&self, names: &[&str]) -> String {
        let named = names.iter().find_map(|name| self.prompts.get(*name));
        let usual = || self.default_prompt_name.as_ref().and_then(|name| self.prompts.get(name));
        named.or_else(usual).cloned().unwrap_or_default()
    }
}

/// `1_Pooling/config.json`: one switch for each way, or, in newer folders, its name.
#[derive(Deserialize)]
struct PoolingConfig {
    word_embedding_dimension: Option<usize>,
    include_prompt: Option<bool>,
    pooling_mode: Option<String>,
    #[serde(flatten)]
    further: HashMap<String, serde_json::Value>,
}

impl PoolingConfig {
    fn mode(&self) -> Result<Pooling, String> {
        let mut modes: Vec<&str> = self.pooling_mode.as_deref().into_iter().collect();
        let switched_on = self.further.iter().filter(|(_, value)| **value == serde_json::Value::Bool(true));
        modes.extend(switched_on.filter_map(|(name, _)| name.strip_prefix("pooling_mode_")));
        modes.sort_unstable();
        match modes.as_slice() {
            ["cls" | "cls_token"] => Ok(Pooling::Cls),
            ["mean" | "mean_tokens"] => Ok(Pooling::Mean),
            ["mean_sqrt_len_tokens"] => Ok(Pooling::MeanSqrtLen),
            ["max" | "max_tokens"] => Ok(Pooling::Max),
            ["lasttoken"] => Ok(Pooling::LastToken),
            [] => Err("names no way of pooling".into()),
            modes => Err(format!("pools by `{}`, which is not supported", modes.join("` and `"))),
        }
    }
}

/// How much of a text is read.
fn word_pieces(
    transformer: &Transformer,
    sentence: &SentenceConfig,
    tokenizer: &TokenizerConfig,
) -> Result<usize, String> {
    let places = transformer.places();
    let Some(wanted) = sentence.max_seq_length else {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
        let told = tokenizer.model_max_length.map(|length| length as usize);
        let most = [told, places].into_iter().flatten().filter(|most| *most > 0).min();
        return Ok(most.unwrap_or(USUAL_WORD_PIECES).min(places.unwrap_or(USUAL_WORD_PIECES)));
    };
    match places {
        _ if wanted < 2 => Err(format!("reads {wanted} word pieces of a text, which is less than its marks")),
        Some(places) if wanted > places => {
            Err(format!("should read {wanted} word pieces of a text and has places for {places}"))
        }
        _ => Ok(wanted),
    }
}

/// The name of a folder, or of the repository where it lies in the hub's cache: `models--ORG--NAME/snapshots/REVISION`.
fn name_of(folder: &Path) -> String {
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let names: Vec<_> = folder.iter().rev().filter_map(|name| name.to_str()).take(3).collect();
    match names.as_slice() {
        [_, "snapshots", repository, ..] if repository.starts_with("models--") => {
            repository["models--".len()..].replacen("--", "/", 1)
        }
        [name, ..] => (*name).to_owned(),
        [] => "model".to_owned(),
    }
}

fn required<T: DeserializeOwned>(file: &Path) -> Result<T> {
    let text = fs::read_to_string(file).map_err(|source| {
        let problem = format!("model file `{}` is missing: {WAY_OUT}", file.display());
        failure(problem, Some(source.into()))
    })?;
    serde_json::from_str(&text).map_err(|source| {
        let problem = format!("model file `{}` cannot be read ({source}): {WAY_OUT}", file.display());
        failure(problem, Some(source.into()))
    })
}

fn optional<T: DeserializeOwned + Default>(file: &Path) -> Result<T> {
    if file.is_file() { required(file) } else { Ok(T::default()) }
}

/// What helps where a folder is incomplete.
const WAY_OUT: &str = "take the whole folder of a sentence-transformers model";

fn unsupported(folder: &Path, what: &str) -> Error {
    let problem = format!("the model in `{}` {what}: take another model", folder.display());
    failure(problem, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(json: &str) -> Result<Pooling, String> {
        serde_json::from_str::<PoolingConfig>(json).unwrap().mode()
    }

    #[test]
    fn each_way_of_pooling_is_known_by_its_switch_or_its_name() {
        let rows = [
            (r#"{"pooling_mode_cls_token": true, "pooling_mode_mean_tokens": false}"#, Pooling::Cls),
            (r#"{"pooling_mode_mean_tokens": true, "word_embedding_dimension": 384}"#, Pooling::Mean),
            (r#"{"pooling_mode_mean_sqrt_len_tokens": true}"#, Pooling::MeanSqrtLen),
            (r#"{"pooling_mode_max_tokens": true, "include_prompt": true}"#, Pooling::Max),
            (r#"{"pooling_mode_lasttoken": true}"#, Pooling::LastToken),
            (r#"{"pooling_mode": "mean"}"#, Pooling::Mean),
        ];
        for (json, expected) in rows {
            assert_eq!(mode(json), Ok(expected), "{json}");
        }
        assert_eq!(mode("{}"), Err("names no way of pooling".into()));
        let several = mode(r#"{"pooling_mode_cls_token": true, "pooling_mode_weightedmean_tokens": true}"#);
        assert_eq!(
            several,
            Err("pools by `cls_token` and `weightedmean_tokens`, which is not supported".into())
        );
    }

    #[test]
    fn a_text_is_read_as_far_as_the_files_say_and_never_further_than_there_are_places() {
        let transformer = |places, kind: &str| Transformer {
            hidden_size: 8,
            model_type: Some(kind.into()),
            max_position_embeddings: places,
            pad_token_id: Some(1),
        };
        let sentence = |max_seq_length| SentenceConfig { max_seq_length, ..SentenceConfig::default() };
        let tokenizer = |model_max_length| TokenizerConfig { model_max_length };
        let rows = [
            (Some(512), "bert", Some(256), None, Ok(256)),
            (Some(514), "xlm-roberta", Some(512), None, Ok(512)),
            (Some(514), "xlm-roberta", None, Some(1e30), Ok(512)),
            (Some(512), "bert", None, Some(128.0), Ok(128)),
            (None, "bert", None, None, Ok(USUAL_WORD_PIECES)),
            (None, "t5", Some(700), None, Ok(700)),
            (Some(512), "bert", Some(1), None, Err(())),
            (Some(512), "bert", Some(513), None, Err(())),
            (Some(514), "xlm-roberta", Some(513), None, Err(())),
        ];
        for (places, kind, wanted, told, expected) in rows {
            let found = word_pieces(&transformer(places, kind), &sentence(wanted), &tokenizer(told));
            assert_eq!(found.map_err(drop), expected, "{places:?} {kind} {wanted:?} {told:?}");
        }
    }

    #[test]
    fn prompts_are_found_by_the_names_that_are_in_use() {
        let rows = [
            ("{}", ["", ""]),
            (r#"{"prompts": {"query": "query: ", "passage": "passage: "}}"#, ["query: ", "passage: "]),
            (
                r#"{"prompts": {"query": "Ask: ", "document": ""}, "default_prompt_name": "query"}"#,
                ["Ask: ", ""],
            ),
            (r#"{"prompts": {"sts": "S: "}, "default_prompt_name": "sts"}"#, ["S: ", "S: "]),
            (r#"{"prompts": {"query": "q"}, "default_prompt_name": null}"#, ["q", ""]),
        ];
        for (json, expected) in rows {
            let texts: TextConfig = serde_json::from_str(json).unwrap();
            let found = [texts.prompt(&["query"]), texts.prompt(&["document", "passage", "corpus"])];
            assert_eq!(found, expected, "{json}");
        }
    }

    #[test]
    fn a_folder_of_the_hubs_cache_has_the_name_of_its_repository() {
        let cached = Path::new("/cache/hub/models--intfloat--multilingual-e5-small/snapshots/abc");
        assert_eq!(name_of(cached), "intfloat/multilingual-e5-small");
        assert_eq!(name_of(Path::new("/models/bge-small-en-v1.5")), "bge-small-en-v1.5");
    }
}
