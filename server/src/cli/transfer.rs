//! `export` and `import`: JSON Lines between Redis and a file, or a pipe.

use std::{
    fs::File,
    io::{self, BufReader, BufWriter, IsTerminal, Read, Write},
    path::PathBuf,
};

use agent_memory::{
    LongTermMemory, MemoryFilter,
    model::Kind,
    service::{ImportOptions, ImportReport},
    store::{Collision, ExportOptions},
};
use clap::{Args, ValueEnum};
use futures::TryStreamExt;

use super::{Failure, Output, Whose, kind, show};
use crate::{config::Config, lines::Lines, start};

/// Write memories as JSON Lines.
#[derive(Debug, Clone, Args)]
pub(crate) struct Export {
    /// The file; standard output where none is given.
    file: Option<PathBuf>,

    /// Leave the vectors out: a tenth the size, and an import embeds the texts again.
    #[arg(long)]
    no_vectors: bool,

    /// Only this kind: episodic or semantic.
    #[arg(long, value_parser = kind)]
    kind: Option<Kind>,

    #[command(flatten)]
    whose: Whose,
}

impl Export {
    pub(super) async fn run(self, config: &Config) -> Result<(), Failure> {
        let scope = self.whose.scope()?;
        let long_term = LongTermMemory::new(start::store(config).await?, &config.settings());
        let options =
            ExportOptions { filter: MemoryFilter::of_kind(self.kind), with_vectors: !self.no_vectors };
        let export = long_term.export(&scope, options).await?;
        let failed = |source| Failure::Io { what: "cannot write the export".into(), source };
        let out: Box<dyn Write> = match &self.file {
            Some(path) => Box::new(File::create(path).map_err(|source| cannot("create", path, source))?),
            None => Box::new(io::stdout().lock()),
        };
        let mut out = BufWriter::new(out);
        let (mut lines, mut written) = (std::pin::pin!(export.lines), 0);
        while let Some(line) = lines.try_next().await? {
            writeln!(out, "{line}").map_err(failed)?;
            written += 1;
            progress(&format!("{written} of {} memories", export.total), written % 1000 == 0);
        }
        out.flush().map_err(failed)?;
        progress(&format!("{written} memories exported\n"), true);
        Ok(())
    }
}

/// What happens where a memory of the same id is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum OnConflict {
    /// The one that is there stays.
    Skip,
    /// The one that is there is replaced, where it is of the same user and namespace.
    Overwrite,
    /// The imported one gets a new id.
    NewId,
    /// The line is refused.
    Error,
}

/// Read memories as JSON Lines.
#[derive(Debug, Clone, Args)]
pub(crate) struct Import {
    /// The file; standard input where none is given.
    file: Option<PathBuf>,

    /// What happens where a memory of the same id is there already.
    #[arg(long, value_enum, default_value = "skip")]
    on_conflict: OnConflict,

    /// Leave out what a memory that is there says already, which counts a hit, and link revisions to what they revise; otherwise
    /// every line becomes a memory.
    #[arg(long)]
    dedup: bool,

    /// Only check the lines and count; nothing is written. Repetitions within the file itself are not told.
    #[arg(long)]
    dry_run: bool,

    #[command(flatten)]
    whose: Whose,

    #[command(flatten)]
    output: Output,
}

impl Import {
    pub(super) async fn run(self, config: &Config) -> Result<(), Failure> {
        let scope = self.whose.scope()?;
        let on_collision = match self.on_conflict {
            OnConflict::Skip => Collision::Skip,
            OnConflict::Overwrite => Collision::Overwrite,
            OnConflict::NewId => Collision::NewId,
            OnConflict::Error => Collision::Error,
        };
        let source: Box<dyn Read> = match &self.file {
            Some(path) => Box::new(File::open(path).map_err(|source| cannot("open", path, source))?),
            None => Box::new(io::stdin()),
        };
        let memory = super::connect(config).await?;
        let options = ImportOptions { on_collision, deduplicates: self.dedup, is_dry_run: self.dry_run };
        let import = memory.import(scope, options);
        let report = read(import, BufReader::new(source)).await?;
        if self.output.json {
            show::json(&report)?;
        } else {
            show_report(&report)?;
        }
        match report.failed {
            0 => Ok(()),
            failed => Err(Failure::Told(format!("{failed} of {} lines were refused", report.lines))),
        }
    }
}

async fn read(
    mut import: agent_memory::service::Import,
    mut source: impl Read,
) -> Result<ImportReport, Failure> {
    let (mut lines, mut piece) = (Lines::default(), vec![0; 64 * 1024]);
    loop {
        let length = source
            .read(&mut piece)
            .map_err(|source| Failure::Io { what: "cannot read the import".into(), source })?;
        if length == 0 {
            break;
        }
        for line in lines.push(&piece[..length]) {
            take(&mut import, line).await?;
        }
    }
    if let Some(line) = lines.finish() {
        take(&mut import, line).await?;
    }
    let report = import.finish().await?;
    progress(&format!("{} lines read\n", report.lines), true);
    Ok(report)
}

async fn take(
    import: &mut agent_memory::service::Import,
    line: Result<String, &'static str>,
) -> Result<(), Failure> {
    match line {
        Ok(line) => {
            let has_written = import.line(&line).await?;
            progress(&format!("{} lines read", import.report().lines), has_written);
        }
        Err(problem) => import.unreadable(problem),
    }
    Ok(())
}

fn show_report(report: &ImportReport) -> Result<(), Failure> {
    let counts = [
        ("written", report.written),
        ("overwritten", report.overwritten),
        ("renamed", report.renamed),
        ("skipped", report.skipped),
        ("deduplicated", report.deduplicated),
        ("expired", report.expired),
        ("failed", report.failed),
    ];
    let rows = counts.map(|(name, count)| vec![name.to_string(), count.to_string()]);
    show::table(&["what", "lines"], rows.into(), "")?;
    for problem in &report.problems {
        show::line(&show::plain(&format!("line {}: {}", problem.line, problem.problem)))?;
    }
    Ok(())
}

fn cannot(verb: &str, path: &std::path::Path, source: io::Error) -> Failure {
    Failure::Io { what: format!("cannot {verb} `{}`", path.display()), source }
}

/// Tells a person at a terminal how far it is, on one line that is written over.
fn progress(text: &str, is_due: bool) {
    let mut out = io::stderr();
    if is_due && out.is_terminal() {
        // Nobody is hurt where it cannot be shown.
        let _ = write!(out, "\r\x1b[K{text}").and_then(|()| out.flush());
    }
}
