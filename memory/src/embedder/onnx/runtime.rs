//! ONNX Runtime's shared library and environment: one of each per process.

use std::{
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use ort::{LoadDynamicError, environment::Environment};

use crate::{Error, Result, embedder::files::failure};

/// The library in use. Global because `ort` is: it keeps the first library for ever and builds one environment per
/// process, even when that one was dropped.
static LOADED: Mutex<Option<Loaded>> = Mutex::new(None);

struct Loaded {
    library: PathBuf,
    environment: Environment,
}

const WAY_OUT: &str = "run `make setup`, or name ONNX Runtime's library by `--ort-lib`";

/// The environment of the given library, loaded if it is the first.
pub(super) fn environment(library: Option<&Path>) -> Result<Environment> {
    let library = absolute(library)?;
    let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(loaded) = &*loaded {
        return if loaded.library == library {
            Ok(loaded.environment.clone())
        } else {
            Err(second_library(&library, &loaded.library))
        };
    }
    let environment = load(&library)?;
    *loaded = Some(Loaded { library, environment: environment.clone() });
    Ok(environment)
}

/// A named library is made absolute, because `ort` looks for relative ones beside the executable; the bare name of an
/// unnamed one is left to that search and the system's.
fn absolute(library: Option<&Path>) -> Result<PathBuf> {
    let Some(library) = library else {
        return Ok(system_name().into());
    };
    library.canonicalize().map_err(|source| {
        let problem = format!("ONNX Runtime's library `{}` is missing: {WAY_OUT}", library.display());
        failure(problem, Some(source.into()))
    })
}

fn system_name() -> String {
    use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
    format!("{DLL_PREFIX}onnxruntime{DLL_SUFFIX}")
}

fn load(library: &Path) -> Result<Environment> {
    let builder = ort::init_from(library).map_err(|source| unusable(library, source))?;
    builder.with_name("agent-memory").with_telemetry(false).build().map_err(|source| {
        let problem = format!("ONNX Runtime of `{}` does not start: {WAY_OUT}", library.display());
        failure(problem, Some(source.into()))
    })
}

fn unusable(library: &Path, source: LoadDynamicError) -> Error {
    let shown = library.display();
    let problem = match &source {
        LoadDynamicError::BadVersion { version_str, .. } => {
            let needed = ort::MINOR_VERSION;
            format!("`{shown}` is ONNX Runtime {version_str} and 1.{needed} or newer is needed: {WAY_OUT}")
        }
        LoadDynamicError::Dlopen { .. } if library.is_relative() => {
            format!("ONNX Runtime's library `{shown}` is not among the system's libraries: {WAY_OUT}")
        }
        _ => format!("`{shown}` cannot be loaded as ONNX Runtime's library: {WAY_OUT}"),
    };
    failure(problem, Some(source.into()))
}

fn second_library(wanted: &Path, loaded: &Path) -> Error {
    let (wanted, loaded) = (wanted.display(), loaded.display());
    let problem = format!("`{wanted}` cannot be loaded beside `{loaded}`: one process has one ONNX Runtime");
    failure(problem, None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{error::Error as _, fs};

    fn message(library: Option<&Path>) -> String {
        let error = environment(library).unwrap_err();
        assert!(error.source().is_some());
        error.to_string()
    }

    // No test of this executable loads a real library, so every one here is the first.

    #[test]
    fn a_missing_library_is_named() {
        let message = message(Some(Path::new("/nowhere/libonnxruntime.so")));
        assert_eq!(
            message,
            format!("ONNX Runtime's library `/nowhere/libonnxruntime.so` is missing: {WAY_OUT}")
        );
    }

    #[test]
    fn a_file_that_is_no_library_is_named() {
        let file = std::env::temp_dir().join(format!("agent-memory-no-library-{}", std::process::id()));
        fs::write(&file, "just text").unwrap();
        let message = message(Some(&file));
        fs::remove_file(&file).unwrap();
        assert!(message.contains("cannot be loaded as ONNX Runtime's library"), "{message}");
    }

    #[test]
    fn a_library_that_is_too_old_is_named_with_its_version() {
        let path = PathBuf::from("/opt/libonnxruntime.so");
        let version_str = "1.14.1".to_owned();
        let error = unusable(&path, LoadDynamicError::BadVersion { version_str, path: path.clone() });
        assert_eq!(
            error.to_string(),
            format!("`/opt/libonnxruntime.so` is ONNX Runtime 1.14.1 and 1.20 or newer is needed: {WAY_OUT}")
        );
    }
}
