//! Progress of one download.

use hf_hub::api::Progress;

use super::DownloadProgress;

/// Counts what arrives, over all attempts at one file.
pub(super) struct Transfer<'a> {
    file: &'a str,
    report: &'a mut dyn FnMut(DownloadProgress<'_>),
    total_bytes: u64,
    done_bytes: u64,
    has_begun: bool,
    reported_percent: Option<u64>,
}

impl<'a> Transfer<'a> {
    pub(super) fn new(file: &'a str, report: &'a mut dyn FnMut(DownloadProgress<'_>)) -> Self {
        Self { file, report, total_bytes: 0, done_bytes: 0, has_begun: false, reported_percent: None }
    }

    /// Whether the hub has ever told about the file. Before that, another attempt changes nothing: no network, no such
    /// file, no lock.
    pub(super) fn has_begun(&self) -> bool {
        self.has_begun
    }

    fn tell(&mut self) {
        let percent = self.done_bytes * 100 / self.total_bytes.max(1);
        if self.reported_percent != Some(percent) {
            self.reported_percent = Some(percent);
            let Self { file, done_bytes, total_bytes, .. } = *self;
            (self.report)(DownloadProgress { file, done_bytes, total_bytes });
        }
    }
}

impl Progress for &mut Transfer<'_> {
    /// Called twice per attempt: when the size is known, and when the transfer starts.
    fn init(&mut self, size: usize, _filename: &str) {
        self.has_begun = true;
        self.total_bytes = size as u64;
        self.done_bytes = 0;
    }

    /// Called first with the size of the partial file, then with what arrives.
    fn update(&mut self, size: usize) {
        self.done_bytes += size as u64;
        self.tell();
    }

    fn finish(&mut self) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_is_told_per_percent_and_goes_on_after_a_break() {
        let mut told = Vec::new();
        let mut report = |progress: DownloadProgress<'_>| told.push(progress.done_bytes);
        let mut transfer = Transfer::new("a", &mut report);
        assert!(!transfer.has_begun());
        for (resumed_at, chunks) in [(0, 40), (400, 60)] {
            let mut progress = &mut transfer;
            progress.init(1000, "a");
            progress.init(1000, "a");
            progress.update(resumed_at);
            (0..chunks * 2).for_each(|_| progress.update(5));
        }
        assert!(transfer.has_begun());
        assert_eq!(told, (0..=100).map(|percent| percent * 10).collect::<Vec<_>>());
    }
}
