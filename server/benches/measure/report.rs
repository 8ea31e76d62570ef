//! Rows of figures: gathered in rounds, told as a table of medians, written as JSON with every round.

use std::{io::IsTerminal, path::Path, process::Command, time::Instant};

use serde_json::{Map, Value, json};

use crate::{machine, options::Options, setup::Executable};

/// Figures of one thing, for each executable.
struct Row {
    section: &'static str,
    what: String,
    unit: &'static str,
    names: Vec<&'static str>,
    /// By executable, then by name: one figure for each round.
    values: Vec<Vec<Vec<f64>>>,
}

pub(crate) struct Report {
    began: Instant,
    labels: Vec<String>,
    form: &'static str,
    rounds: usize,
    load_before: String,
    rows: Vec<Row>,
}

impl Report {
    pub(crate) fn new(executables: &[Executable], options: &Options) -> Self {
        Self {
            began: Instant::now(),
            labels: executables.iter().map(|executable| executable.label.clone()).collect(),
            form: options.either("short", "long"),
            rounds: options.rounds,
            load_before: machine::load(),
            rows: Vec::new(),
        }
    }

    /// Says on standard error how far we are.
    pub(crate) fn progress(&self, doing: &str) {
        let seconds = self.began.elapsed().as_secs();
        let (start, end) = if std::io::stderr().is_terminal() { ("\r\x1b[K", "") } else { ("", "\n") };
        eprint!("{start}[{}:{:02}] {doing}{end}", seconds / 60, seconds % 60);
    }

    /// Adds the figures of one round of one executable.
    pub(crate) fn add(
        &mut self,
        executable: usize,
        section: &'static str,
        what: &str,
        unit: &'static str,
        figures: &[(&'static str, f64)],
    ) {
        let at = self.rows.iter().position(|row| row.section == section && row.what == what);
        let at = at.unwrap_or_else(|| {
            let values = vec![vec![Vec::new(); figures.len()]; self.labels.len()];
            let names = figures.iter().map(|(name, _)| *name).collect();
            self.rows.push(Row { section, what: what.into(), unit, names, values });
            self.rows.len() - 1
        });
        for (values, (_, figure)) in self.rows[at].values[executable].iter_mut().zip(figures) {
            values.push(*figure);
        }
    }

    /// Prints the table, and writes the figures.
    pub(crate) fn finish(&self, json: &Path) {
        self.progress("done\n");
        println!("{}", self.table());
        if let Some(folder) = json.parent() {
            std::fs::create_dir_all(folder).unwrap();
        }
        std::fs::write(json, serde_json::to_string_pretty(&self.to_json()).unwrap() + "\n").unwrap();
        std::fs::write(json.with_extension("txt"), self.table() + "\n").unwrap();
        eprintln!("the figures of every round are in {}", json.display());
    }

    fn table(&self) -> String {
        let mut lines = vec![format!(
            "{}, {} cores; load {} before, {} after; {} form, {} rounds, medians; {} s",
            machine::processor(),
            machine::cores(),
            self.load_before,
            machine::load(),
            self.form,
            self.rounds,
            self.began.elapsed().as_secs(),
        )];
        let cells: Vec<Vec<String>> = self.rows.iter().map(|row| self.cells(row)).collect();
        let mut heads = vec!["what".to_string(), "unit".into()];
        heads.extend(self.labels.iter().cloned());
        if self.labels.len() > 1 {
            heads.push("ratio".into());
        }
        let width = |at: usize| {
            let longest = cells.iter().map(|cells| cells[at].chars().count()).max().unwrap_or(0);
            longest.max(heads[at].chars().count())
        };
        let widths: Vec<usize> = (0..heads.len()).map(width).collect();
        lines.push(String::new());
        lines.push(aligned(&heads, &widths));
        for section in self.sections() {
            lines.push(section.to_uppercase());
            let rows = self.rows.iter().zip(&cells).filter(|(row, _)| row.section == section);
            lines.extend(rows.map(|(_, cells)| aligned(cells, &widths)));
        }
        lines.join("\n")
    }

    /// In the order in which they began.
    fn sections(&self) -> Vec<&'static str> {
        let mut sections = Vec::new();
        for row in &self.rows {
            if !sections.contains(&row.section) {
                sections.push(row.section);
            }
        }
        sections
    }

    fn cells(&self, row: &Row) -> Vec<String> {
        let names = row.names.join(", ");
        let unit = if names.is_empty() { row.unit.to_string() } else { format!("{} {names}", row.unit) };
        let mut cells = vec![format!("  {}", row.what), unit.trim().to_string()];
        for values in &row.values {
            let figures = values.iter().map(|rounds| format!("{:>9}", figure(median(rounds))));
            cells.push(figures.collect::<Vec<_>>().join(" "));
        }
        if row.values.len() > 1 {
            let ratios = row.ratios().map(|ratio| match ratio {
                Some(ratio) => format!("{ratio:>5.2}"),
                None => format!("{:>5}", "-"),
            });
            cells.push(ratios.collect::<Vec<_>>().join(" "));
        }
        cells
    }

    fn to_json(&self) -> Value {
        let rows = self.rows.iter().map(|row| {
            let mut told = Map::new();
            told.insert("section".into(), row.section.into());
            told.insert("what".into(), row.what.trim().into());
            told.insert("unit".into(), row.unit.into());
            for (label, values) in self.labels.iter().zip(&row.values) {
                let figures = row.names.iter().zip(values).map(|(name, rounds)| {
                    let name = if name.is_empty() { "value" } else { name };
                    let (least, most) = (smallest(rounds), largest(rounds));
                    let told =
                        json!({"median": median(rounds), "least": least, "most": most, "rounds": rounds});
                    (name.to_string(), told)
                });
                told.insert(label.clone(), Value::Object(figures.collect()));
            }
            if self.labels.len() > 1 {
                told.insert("ratios".into(), row.ratios().collect());
            }
            Value::Object(told)
        });
        json!({
            "machine": machine::facts(),
            "load": {"before": self.load_before, "after": machine::load()},
            "form": self.form,
            "rounds": self.rounds,
            "seconds": self.began.elapsed().as_secs(),
            "commit": commit(),
            "executables": self.labels,
            "rows": rows.collect::<Vec<_>>(),
        })
    }
}

impl Row {
    /// The first executable's figures in terms of the second's.
    fn ratios(&self) -> impl Iterator<Item = Option<f64>> {
        (0..self.names.len()).map(|name| {
            let of = |executable: usize| self.values.get(executable).map(|values| median(&values[name]));
            let (this, other) = (of(0)?, of(1)?);
            let ratio = this / other;
            // What is next to nothing is noise.
            (this.min(other) > 0.001 && ratio.is_finite()).then_some(ratio)
        })
    }
}

/// The commit of the tree that this program belongs to.
fn commit() -> String {
    let output = Command::new("git").args(["describe", "--always", "--dirty"]).output();
    output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_string()).unwrap_or_default()
}

fn aligned(cells: &[String], widths: &[usize]) -> String {
    let padded = cells.iter().zip(widths).enumerate().map(|(at, (cell, &width))| {
        if at < 2 { format!("{cell:<width$}") } else { format!("{cell:>width$}") }
    });
    padded.collect::<Vec<_>>().join("   ").trim_end().to_string()
}

/// Three digits that count.
fn figure(value: f64) -> String {
    match value.abs() {
        size if size.is_nan() => "-".into(),
        size if size < 0.0005 => "0".into(),
        size if size >= 100.0 => grouped(value),
        size if size >= 10.0 => format!("{value:.1}"),
        size if size >= 0.9995 => format!("{value:.2}"),
        _ => format!("{value:.3}"),
    }
}

fn grouped(value: f64) -> String {
    let digits = format!("{:.0}", value.abs());
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if value < 0.0 { format!("-{text}") } else { text }
}

fn median(figures: &[f64]) -> f64 {
    percentile(figures, 50.0)
}

fn smallest(figures: &[f64]) -> f64 {
    figures.iter().copied().fold(f64::NAN, f64::min)
}

fn largest(figures: &[f64]) -> f64 {
    figures.iter().copied().fold(f64::NAN, f64::max)
}

/// The figure that this share of all does not exceed, in percent; between the middle two of an even number.
pub(crate) fn percentile(figures: &[f64], percent: f64) -> f64 {
    let mut sorted = figures.to_vec();
    sorted.sort_by(f64::total_cmp);
    let Some(last) = sorted.len().checked_sub(1) else { return f64::NAN };
    let place = last as f64 * percent / 100.0;
    let (below, above) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
    below + (above - below) * place.fract()
}

/// The median and a high percentile of times.
pub(crate) fn p50_p99(times: &[f64]) -> [(&'static str, f64); 2] {
    [("p50", percentile(times, 50.0)), ("p99", percentile(times, 99.0))]
}
