//! Where the model lies on disk.

#[cfg(feature = "onnx")]
use std::path::Path;
use std::path::PathBuf;

use super::settings::ModelSettings;
#[cfg(any(feature = "onnx", feature = "hub"))]
use crate::{Error, error::Cause};
#[cfg(feature = "onnx")]
use crate::{Result, embedder::folder};

/// The two files that make an embedder, and what is known of the model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelFiles {
    /// The graph with its weights, in ONNX format (about 90 MB).
    pub model: PathBuf,
    /// The tokenizer in the format of the `tokenizers` crate.
    pub tokenizer: PathBuf,
    /// How texts become vectors.
    pub settings: ModelSettings,
}

#[cfg(feature = "onnx")]
impl ModelFiles {
    /// The files of a folder: `model.onnx`, or `onnx/model.onnx` as in repositories of the hub, `tokenizer.json`, and the small
    /// ones in which sentence-transformers keeps what it knows of a model. Only the small ones are read. A folder with nothing
    /// but the graph and the tokenizer has to hold all-MiniLM-L6-v2.
    ///
    /// # Errors
    /// [`Error::Embedder`] that names the file which is missing or cannot be read, or what of the model is not supported.
    pub fn in_dir(dir: impl AsRef<Path>) -> Result<Self> {
        let dir = dir.as_ref();
        Ok(Self {
            model: first_file(dir, &["model.onnx", "onnx/model.onnx"])?,
            tokenizer: first_file(dir, &["tokenizer.json"])?,
            settings: folder::read(dir)?,
        })
    }
}

#[cfg(feature = "onnx")]
fn first_file(dir: &Path, names: &[&str]) -> Result<PathBuf> {
    let found = names.iter().map(|name| dir.join(name)).find(|path| path.is_file());
    found.ok_or_else(|| {
        let missing = dir.join(names[0]);
        failure(format!("model file `{}` is missing: {WAY_OUT}", missing.display()), None)
    })
}

/// What helps when a model file is missing or wrong.
#[cfg(feature = "onnx")]
pub(super) const WAY_OUT: &str =
    "run `make setup`, or name a folder with `model.onnx` and `tokenizer.json` by `--model-dir`";

/// An [`Error::Embedder`].
#[cfg(any(feature = "onnx", feature = "hub"))]
pub(super) fn failure(problem: String, source: Option<Cause>) -> Error {
    Error::Embedder { problem, source }
}

#[cfg(all(test, feature = "onnx"))]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn a_missing_file_is_named_with_the_way_out() {
        let dir = std::env::temp_dir().join(format!("agent-memory-files-{}", std::process::id()));
        fs::create_dir_all(dir.join("onnx")).unwrap();
        for (added, expected_missing) in [("tokenizer.json", "model.onnx"), ("onnx/model.onnx", "")] {
            fs::write(dir.join(added), "x").unwrap();
            match ModelFiles::in_dir(&dir) {
                Ok(files) => assert_eq!((files.model, ""), (dir.join("onnx/model.onnx"), expected_missing)),
                Err(error) => {
                    let path = dir.join(expected_missing).display().to_string();
                    assert_eq!(error.to_string(), format!("model file `{path}` is missing: {WAY_OUT}"));
                }
            }
        }
        fs::remove_dir_all(dir).unwrap();
    }
}
