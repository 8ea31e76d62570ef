//! The model's files from the model hub, into the cache that other programs of the hub use too.
//!
//! The revision and the SHA-256 sums are pinned: what is loaded is known to the byte.
//!
//! - `transfer`: progress of one download, and whether it has begun
//! - `verify`: the SHA-256 sum of a file, computed once

use std::{fs, path::PathBuf, thread, time::Duration};

use hf_hub::{
    Cache, CacheRepo, Repo, RepoType,
    api::sync::{Api, ApiBuilder, ApiError, ApiRepo},
};

use self::transfer::Transfer;
use super::{
    MODEL,
    files::{ModelFiles, failure},
    settings::ModelSettings,
};
use crate::{Result, error::Cause};

mod transfer;
mod verify;

/// The commit of the model's repository that is used.
pub const REVISION: &str = "1110a243fdf4706b3f48f1d95db1a4f5529b4d41";

const WAY_OUT: &str = "or name a folder with `model.onnx` and `tokenizer.json` by `--model-dir`";

/// A file of the model's repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HubFile {
    /// Path within the repository.
    pub path: String,
    /// SHA-256 sum that the content must have, 64 small hexadecimal digits.
    pub sha256: String,
}

/// Where from and where to. The default is the public hub and its usual cache folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HubOptions {
    /// The cache folder; `.cache/huggingface/hub` in the home folder if `None`.
    pub cache_dir: Option<PathBuf>,
    /// Base address of the hub or of a mirror, without a slash at the end.
    pub endpoint: Option<String>,
    /// Use what is in the cache and never the network.
    pub offline: bool,
    /// Most attempts at one file. A transfer that breaks off goes on where it stopped.
    pub attempts: u32,
    /// Pause before another attempt.
    pub pause: Duration,
    /// The graph with its weights.
    pub model: HubFile,
    /// The tokenizer.
    pub tokenizer: HubFile,
}

impl Default for HubOptions {
    fn default() -> Self {
        let file = |path: &str, sha256: &str| HubFile { path: path.to_owned(), sha256: sha256.to_owned() };
        Self {
            cache_dir: None,
            endpoint: None,
            offline: false,
            attempts: 6,
            pause: Duration::from_secs(1),
            model: file(
                "onnx/model.onnx",
                "6fd5d72fe4589f189f8ebc006442dbb529bb7ce38f8082112682524616046452",
            ),
            tokenizer: file(
                "tokenizer.json",
                "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
            ),
        }
    }
}

/// How far a download is. Told at its start, at every full per cent and at its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DownloadProgress<'a> {
    /// Path of the file within the repository.
    pub file: &'a str,
    /// Bytes that are here, those of earlier attempts included.
    pub done_bytes: u64,
    /// Size of the file in bytes.
    pub total_bytes: u64,
}

/// The model's files, from the cache or else from the hub. Blocks; a cached file costs no request.
///
/// # Errors
/// [`crate::Error::Embedder`] when a file is neither cached nor to be had, or has another content than the pinned one;
/// it is removed then, so that the next call fetches it anew.
pub fn fetch(options: &HubOptions, progress: &mut dyn FnMut(DownloadProgress<'_>)) -> Result<ModelFiles> {
    let hub = Hub::new(options)?;
    // The small file first: what is wrong with the network or the cache shows before 90 MB are on their way.
    let tokenizer = hub.file(&options.tokenizer, progress)?;
    let model = hub.file(&options.model, progress)?;
    Ok(ModelFiles { model, tokenizer, settings: ModelSettings::default() })
}

struct Hub<'a> {
    options: &'a HubOptions,
    api: Api,
    repo: ApiRepo,
    cached: CacheRepo,
}

impl<'a> Hub<'a> {
    fn new(options: &'a HubOptions) -> Result<Self> {
        let cache = Cache::new(cache_dir(options)?);
        // No token: the model is public, and a user's token is nothing for a mirror.
        let mut builder = ApiBuilder::from_cache(cache.clone()).with_token(None);
        if let Some(endpoint) = &options.endpoint {
            builder = builder.with_endpoint(endpoint.clone());
        }
        let api = builder.build().map_err(|source| {
            failure(
                format!("the model hub's client cannot be set up: check the proxy settings, {WAY_OUT}"),
                Some(source.into()),
            )
        })?;
        let repo = Repo::with_revision(MODEL.to_owned(), RepoType::Model, REVISION.to_owned());
        Ok(Self { options, repo: api.repo(repo.clone()), api, cached: cache.repo(repo) })
    }

    fn file(&self, file: &HubFile, progress: &mut dyn FnMut(DownloadProgress<'_>)) -> Result<PathBuf> {
        // The place is computed because `CacheRepo::get` asks for a `refs` file that other programs of the hub do not
        // write for a pinned commit.
        let snapshot = self.cached.pointer_path(REVISION);
        let cached = snapshot.join(&file.path);
        let path = if cached.exists() { cached } else { self.download(file, progress)? };
        verify::check(&path, file, &snapshot.join("../../verified"))?;
        Ok(path)
    }

    fn download(&self, file: &HubFile, progress: &mut dyn FnMut(DownloadProgress<'_>)) -> Result<PathBuf> {
        if self.options.offline {
            let folder = self.cached.pointer_path(REVISION);
            let problem = format!(
                "`{}` is not in `{}` and the network is switched off: start once with it, {WAY_OUT}",
                file.path,
                folder.display()
            );
            return Err(failure(problem, None));
        }
        self.attempt(file, progress).map_err(|error| self.not_fetched(file, error))
    }

    /// Attempts of our own instead of `ApiBuilder::with_retries`: after a resumed transfer that one starts again at byte 0
    /// and appends to what is there.
    fn attempt(
        &self,
        file: &HubFile,
        progress: &mut dyn FnMut(DownloadProgress<'_>),
    ) -> Result<PathBuf, ApiError> {
        let mut transfer = Transfer::new(&file.path, progress);
        let mut attempts_left = self.options.attempts;
        loop {
            let error = match self.repo.download_with_progress(&file.path, &mut transfer) {
                Ok(path) => return Ok(path),
                Err(error) => error,
            };
            attempts_left = attempts_left.saturating_sub(1);
            if attempts_left == 0 || !transfer.has_begun() {
                return Err(error);
            }
            self.remove_spent_partial(file);
            thread::sleep(self.options.pause);
        }
    }

    /// Removes a partial file that is complete or too long: it cannot be continued and would fail every attempt. One
    /// stays behind when a program ends between the last byte and the renaming.
    fn remove_spent_partial(&self, file: &HubFile) {
        let Ok(metadata) = self.api.metadata(&self.repo.url(&file.path)) else { return };
        let partial = self.cached.blob_path(metadata.etag()).with_extension("part");
        if fs::metadata(&partial).is_ok_and(|partial| partial.len() >= metadata.size() as u64) {
            // If it cannot be removed, the next attempt fails for the same reason and tells it.
            fs::remove_file(partial).ok();
        }
    }

    fn not_fetched(&self, file: &HubFile, error: ApiError) -> crate::Error {
        let hub = self.options.endpoint.as_deref().unwrap_or("https://huggingface.co");
        let path = &file.path;
        let problem = match &error {
            ApiError::LockAcquisition(_) => {
                format!("another program is fetching `{path}`: wait for it and start again, {WAY_OUT}")
            }
            ApiError::IoError(_) => format!(
                "`{path}` could not be fetched from `{hub}` and stored: check network and disk space, start again, {WAY_OUT}"
            ),
            _ => format!(
                "`{path}` could not be fetched from `{hub}`: check the network and start again, {WAY_OUT}"
            ),
        };
        failure(problem, Some(Cause::from(error)))
    }
}

fn cache_dir(options: &HubOptions) -> Result<PathBuf> {
    let usual = || std::env::home_dir().map(|home| home.join(".cache/huggingface/hub"));
    options.cache_dir.clone().or_else(usual).ok_or_else(|| {
        let problem =
            "there is no home folder for the model hub's cache: choose one by `--hub-cache` or `HF_HOME`";
        failure(format!("{problem}, {WAY_OUT}"), None)
    })
}
