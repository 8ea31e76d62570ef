//! The SHA-256 sum of a file, computed once.

use std::{
    fs::{self, File},
    io,
    path::Path,
    time::UNIX_EPOCH,
};

use sha2::{Digest, Sha256};

use super::{HubFile, WAY_OUT};
use crate::{Result, embedder::files::failure};

/// Compares the content with the pinned sum; a file with another content is removed.
///
/// The sum of 90 MB takes a tenth of a second to a second, too long for every start. A file that was found right gets a
/// mark in `marks`, valid while length and time of change stay. A check after downloads only would miss a download that
/// was stopped before its check, and files that others put into the cache.
pub(super) fn check(path: &Path, file: &HubFile, marks: &Path) -> Result<()> {
    let unreadable = |source: io::Error| {
        failure(
            format!("model file `{}` cannot be read: check its permissions, {WAY_OUT}", path.display()),
            Some(source.into()),
        )
    };
    let mark = marks.join(&file.sha256);
    let state = state(path).map_err(unreadable)?;
    if fs::read_to_string(&mark).is_ok_and(|marked| marked == state) {
        return Ok(());
    }
    let found = sha256(path).map_err(unreadable)?;
    if found != file.sha256 {
        remove(path);
        let problem = format!(
            "`{}` of the model hub has the SHA-256 sum `{found}` instead of `{}`: it was removed, start again to fetch it anew, {WAY_OUT}",
            file.path, file.sha256
        );
        return Err(failure(problem, None));
    }
    // A cache that cannot be written works too: the sum is computed at every start then.
    fs::create_dir_all(marks).and_then(|()| fs::write(mark, state)).ok();
    Ok(())
}

/// Length in bytes and time of change in nanoseconds.
fn state(path: &Path) -> io::Result<String> {
    let metadata = fs::metadata(path)?;
    let changed = metadata.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
    Ok(format!("{} {}", metadata.len(), changed.as_nanos()))
}

fn sha256(path: &Path) -> io::Result<String> {
    let mut hasher = Sha256::new();
    io::copy(&mut File::open(path)?, &mut hasher)?;
    Ok(format!("{:x}", hasher.finalize()))
}

/// The cache has a link under the file's name and the content elsewhere: both go. What cannot be removed is found wrong
/// again at the next start.
fn remove(path: &Path) {
    if let Ok(content) = path.canonicalize() {
        fs::remove_file(content).ok();
    }
    fs::remove_file(path).ok();
}
