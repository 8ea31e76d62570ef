//! What to measure: the flags of the program.

use std::path::PathBuf;

pub(crate) const USAGE: &str = "usage: measure [--short] [--rounds N] [--only SECTION]... [--json FILE]
       [--root FOLDER] [--parts FOLDER] [--exe FILE] [--label NAME]
       [--against-root FOLDER [--against-parts FOLDER] [--against-exe FILE] [--against-label NAME]]
sections: start, embedding, operations, turns, clients, scale";

const SECTIONS: [&str; 6] = ["start", "embedding", "operations", "turns", "clients", "scale"];

/// Where an executable is.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tree {
    /// The root of its workspace, whose scripts know its environment.
    pub(crate) root: PathBuf,
    /// Where its fetched parts are; `.parts` of the root where nothing is said.
    pub(crate) parts: Option<PathBuf>,
    /// The executable; what its scripts build where nothing is said.
    pub(crate) exe: Option<PathBuf>,
    /// How the table names it.
    pub(crate) label: String,
}

#[derive(Debug, Clone)]
pub(crate) struct Options {
    /// Fewer calls, for a look.
    pub(crate) is_short: bool,
    /// How often everything is measured; the table has the medians.
    pub(crate) rounds: usize,
    only: Vec<String>,
    /// Where the figures go.
    pub(crate) json: PathBuf,
    /// This tree, and perhaps one to compare it with.
    pub(crate) trees: Vec<Tree>,
}

impl Options {
    pub(crate) fn parse(arguments: &[String]) -> Result<Self, String> {
        let here = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
        let mut this = Tree { label: "this".into(), ..Tree::default() };
        let mut against = Tree { label: "against".into(), ..Tree::default() };
        let (mut is_short, mut rounds, mut only, mut json) = (false, None, Vec::new(), None);
        let mut words = arguments.iter();
        while let Some(flag) = words.next() {
            let mut value = || words.next().cloned().ok_or_else(|| format!("`{flag}` needs a value"));
            match flag.as_str() {
                "--short" => is_short = true,
                "--rounds" => rounds = Some(value()?.parse().map_err(|_| "`--rounds` takes a number")?),
                "--only" => only.push(value()?),
                "--json" => json = Some(value()?.into()),
                "--root" => this.root = value()?.into(),
                "--parts" => this.parts = Some(value()?.into()),
                "--exe" => this.exe = Some(value()?.into()),
                "--label" => this.label = value()?,
                "--against-root" => against.root = value()?.into(),
                "--against-parts" => against.parts = Some(value()?.into()),
                "--against-exe" => against.exe = Some(value()?.into()),
                "--against-label" => against.label = value()?,
                // cargo gives it to every program of `cargo bench`.
                "--bench" => {}
                unknown => return Err(format!("unknown flag `{unknown}`")),
            }
        }
        if let Some(unknown) = only.iter().find(|name| !SECTIONS.contains(&name.as_str())) {
            return Err(format!("unknown section `{unknown}`"));
        }
        if this.root.as_os_str().is_empty() {
            this.root = here;
        }
        let json = json.unwrap_or_else(|| this.root.join("target/bench.json"));
        let mut trees = vec![this];
        if !against.root.as_os_str().is_empty() {
            trees.push(against);
        }
        Ok(Self { is_short, rounds: rounds.unwrap_or(if is_short { 3 } else { 5 }), only, json, trees })
    }

    /// Whether a section is to be measured.
    pub(crate) fn wants(&self, section: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|name| name == section)
    }

    /// One number for the short form, another for the long one.
    pub(crate) fn either<T>(&self, short: T, long: T) -> T {
        if self.is_short { short } else { long }
    }
}
