//! An ONNX file, taken apart: a graph of a few kilobytes, and the weights that all sessions share.
//!
//! ONNX Runtime keeps weights once for several sessions only where they come from outside of the graph. So the large ones
//! are cut out of it and given to each session by name. The table of word vectors, half of the file, leaves the graph
//! altogether: a text needs a few rows of it, which are read from the file when it comes. They lie in the system's file
//! cache, where they cost a microsecond each and belong to nobody.

use std::{
    fs::File,
    io::{self, BufReader, Read, Seek},
    ops::Range,
    path::Path,
};

use super::protobuf::{Field, bytes, bytes_field, fields, number_field};

/// Smaller constants stay in the graph, where the optimiser of ONNX Runtime looks at them.
const LARGE_BYTES: u64 = 64 * 1024;

/// Bytes that are read at once.
const PIECE_BYTES: u64 = 64 * 1024;

/// Numbers of onnx.proto: fields by message, and the element type of f32.
mod onnx {
    pub(super) mod model {
        pub(in super::super) const GRAPH: u64 = 7;
    }
    pub(super) mod graph {
        pub(in super::super) const NODE: u64 = 1;
        pub(in super::super) const INITIALIZER: u64 = 5;
        pub(in super::super) const INPUT: u64 = 11;
    }
    pub(super) mod node {
        pub(in super::super) const INPUT: u64 = 1;
        pub(in super::super) const OUTPUT: u64 = 2;
        pub(in super::super) const OPERATOR: u64 = 4;
        pub(in super::super) const ATTRIBUTE: u64 = 5;
    }
    pub(super) mod attribute {
        pub(in super::super) const INTEGER: u64 = 3;
    }
    pub(super) mod tensor {
        pub(in super::super) const DIMENSION: u64 = 1;
        pub(in super::super) const ELEMENT: u64 = 2;
        pub(in super::super) const NAME: u64 = 8;
        pub(in super::super) const RAW_DATA: u64 = 9;
        pub(in super::super) const EXTERNAL_DATA: u64 = 13;
        pub(in super::super) const DATA_LOCATION: u64 = 14;
    }
    pub(super) const FLOAT: u64 = 1;
    pub(super) const EXTERNAL: u64 = 1;
}

/// What a file holds.
#[derive(Debug)]
pub(super) struct ModelFile {
    /// The graph without [`Self::weights`] and, where there is one, without the table.
    pub(super) graph: Vec<u8>,
    /// The large constants that the graph names.
    pub(super) weights: Vec<Weight>,
    /// The table of word vectors, where the file has it in the usual place. Then the graph takes the vectors as a further input.
    pub(super) table: Option<Table>,
}

/// A constant tensor of f32, by its place in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Weight {
    /// Its name in the graph.
    pub(super) name: String,
    /// Its shape.
    pub(super) shape: Vec<i64>,
    data: Range<u64>,
}

/// The table of word vectors, which left the graph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Table {
    /// The graph's input for the vectors of a text's word pieces: `[texts, width, columns]`.
    pub(super) input: String,
    /// Numbers of a row.
    pub(super) columns: usize,
    /// Where its rows lie in the file.
    rows: Range<u64>,
}

impl ModelFile {
    /// Looks over a file; of the weights it notes only where they lie.
    ///
    /// # Errors
    /// Where the file cannot be read or is no message of protobuf.
    pub(super) fn read(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        let length = file.metadata()?.len();
        Self::of(&mut BufReader::new(file), length)
    }

    fn of(file: &mut (impl Read + Seek), length: u64) -> io::Result<Self> {
        let model = fields(file, 0..length)?;
        let (graphs, head): (Vec<_>, Vec<_>) =
            model.into_iter().partition(|field| field.number == onnx::model::GRAPH);
        let [graph] = graphs.as_slice() else {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "there is no graph in it"));
        };
        let parts = Parts::of(file, graph)?;
        let mut model = Vec::new();
        for field in head {
            model.extend(bytes(file, field.whole)?);
        }
        model.extend(bytes_field(onnx::model::GRAPH, &parts.graph));
        Ok(Self { graph: model, weights: parts.weights, table: parts.table })
    }
}

impl Weight {
    /// Reads its numbers.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub(super) fn numbers(&self, file: &mut (impl Read + Seek)) -> io::Result<Vec<f32>> {
        let mut read = Vec::with_capacity((self.data.end - self.data.start) as usize / 4);
        // Piece by piece: a large buffer that is given back makes glibc keep all later ones of its size in its heap.
        for start in self.data.clone().step_by(PIECE_BYTES as usize) {
            let piece = start..self.data.end.min(start + PIECE_BYTES);
            read.extend(numbers(&bytes(file, piece)?));
        }
        Ok(read)
    }
}

/// The rows of the word vectors, read one by one from a file of its own.
#[derive(Debug)]
pub(super) struct Rows {
    file: File,
    table: Table,
}

impl Rows {
    /// Opens the file once more: a file has one position, and each session reads by itself.
    ///
    /// # Errors
    /// Where the file cannot be opened.
    pub(super) fn open(path: &Path, table: &Table) -> io::Result<Self> {
        Ok(Self { file: File::open(path)?, table: table.clone() })
    }

    /// The input of the graph that takes them.
    pub(super) fn input(&self) -> &str {
        &self.table.input
    }

    /// Numbers of a row.
    pub(super) fn columns(&self) -> usize {
        self.table.columns
    }

    /// The vectors of word pieces, one after the other.
    ///
    /// # Errors
    /// Where the file cannot be read, or a number is beyond the table.
    pub(super) fn of(&mut self, word_pieces: &[i64]) -> io::Result<Vec<f32>> {
        let mut rows = Vec::with_capacity(word_pieces.len() * self.table.columns);
        for &word_piece in word_pieces {
            rows.extend(numbers(&bytes(&mut self.file, self.table.row(word_piece)?)?));
        }
        Ok(rows)
    }
}

impl Table {
    fn row(&self, word_piece: i64) -> io::Result<Range<u64>> {
        let row_bytes = 4 * self.columns as u64;
        let number = u64::try_from(word_piece).map_err(io::Error::other)?;
        let start = number.checked_mul(row_bytes).and_then(|start| start.checked_add(self.rows.start));
        let row = start.map(|start| start..start.saturating_add(row_bytes));
        row.filter(|row| row.end <= self.rows.end)
            .ok_or_else(|| io::Error::other("a word piece is beyond the table"))
    }
}

fn numbers(bytes: &[u8]) -> Vec<f32> {
    let (numbers, _) = bytes.as_chunks::<4>();
    numbers.iter().map(|&number| f32::from_le_bytes(number)).collect()
}

/// A graph, while it is taken apart.
#[derive(Default)]
struct Parts {
    graph: Vec<u8>,
    weights: Vec<Weight>,
    table: Option<Table>,
}

impl Parts {
    fn of(file: &mut (impl Read + Seek), graph: &Field) -> io::Result<Self> {
        let fields = fields(file, graph.content.clone())?;
        let mut parts = Self::default();
        for field in fields.iter().filter(|field| field.number == onnx::graph::INITIALIZER) {
            match Weight::large(file, field)? {
                Some(weight) => parts.weights.push(weight),
                None => parts.graph.extend(bytes(file, field.whole.clone())?),
            }
        }
        let mut nodes = Vec::new();
        for field in &fields {
            match field.number {
                onnx::graph::INITIALIZER => {}
                onnx::graph::NODE => nodes.push(Node::of(file, field)?),
                _ => parts.graph.extend(bytes(file, field.whole.clone())?),
            }
        }
        parts.move_table_out(&mut nodes);
        parts.graph.extend(parts.weights.iter().flat_map(Weight::placeholder));
        parts.graph.extend(nodes.into_iter().flat_map(|node| node.whole));
        Ok(parts)
    }

    /// Where one node, and only this one, looks up `input_ids` in a table of word vectors, table and node leave, and what
    /// the node gave becomes an input of the graph.
    fn move_table_out(&mut self, nodes: &mut Vec<Node>) {
        let Some(lookup) = nodes.iter().position(Node::looks_up_words) else { return };
        let [table, output] = [&nodes[lookup].inputs[0], &nodes[lookup].outputs[0]];
        let is_used_once =
            nodes.iter().flat_map(|node| &node.inputs).filter(|input| *input == table).count() == 1;
        let named = self.weights.iter().position(|weight| weight.name == *table);
        let found = named.and_then(|at| Some((at, self.weights[at].columns()?)));
        let (true, Some((found, columns))) = (is_used_once, found) else { return };
        self.graph.extend(vectors_input(output, columns));
        self.table = Some(Table { input: output.clone(), columns, rows: self.weights.remove(found).data });
        nodes.remove(lookup);
    }
}

/// A node of the graph, as far as it matters here.
#[derive(Default)]
struct Node {
    operator: String,
    inputs: Vec<String>,
    outputs: Vec<String>,
    /// Whether an attribute says anything but 0. Of a `Gather` that is its axis.
    has_settings: bool,
    whole: Vec<u8>,
}

impl Node {
    fn of(file: &mut (impl Read + Seek), field: &Field) -> io::Result<Self> {
        let mut node = Self { whole: bytes(file, field.whole.clone())?, ..Self::default() };
        for field in fields(file, field.content.clone())? {
            match field.number {
                onnx::node::INPUT => node.inputs.push(text(file, &field)?),
                onnx::node::OUTPUT => node.outputs.push(text(file, &field)?),
                onnx::node::OPERATOR => node.operator = text(file, &field)?,
                onnx::node::ATTRIBUTE => {
                    let parts = fields(file, field.content)?;
                    node.has_settings |=
                        parts.iter().any(|part| part.number == onnx::attribute::INTEGER && part.value != 0);
                }
                _ => {}
            }
        }
        Ok(node)
    }

    fn looks_up_words(&self) -> bool {
        self.operator == "Gather"
            && !self.has_settings
            && self.inputs.get(1).is_some_and(|input| input == "input_ids")
            && self.outputs.len() == 1
    }
}

impl Weight {
    /// The tensor of an initialiser, if it is a large one of f32 that has its numbers as plain bytes.
    fn large(file: &mut (impl Read + Seek), initializer: &Field) -> io::Result<Option<Self>> {
        if initializer.content.end - initializer.content.start < LARGE_BYTES {
            return Ok(None);
        }
        let mut weight = Self { name: String::new(), shape: Vec::new(), data: 0..0 };
        let mut is_float = false;
        for field in fields(file, initializer.content.clone())? {
            match field.number {
                // A list of numbers in one field is another way to write the shape; no exporter that is in use does.
                onnx::tensor::DIMENSION if !field.content.is_empty() => return Ok(None),
                onnx::tensor::DIMENSION => weight.shape.extend(i64::try_from(field.value)),
                onnx::tensor::ELEMENT => is_float = field.value == onnx::FLOAT,
                onnx::tensor::NAME => weight.name = text(file, &field)?,
                onnx::tensor::RAW_DATA => weight.data = field.content,
                _ => {}
            }
        }
        let count =
            weight.shape.iter().try_fold(4_u64, |size, &side| size.checked_mul(u64::try_from(side).ok()?));
        let is_whole = count == Some(weight.data.end - weight.data.start);
        Ok((is_float && is_whole).then_some(weight))
    }

    /// Numbers of a row, where it is a table.
    fn columns(&self) -> Option<usize> {
        match self.shape.as_slice() {
            [_, columns] => usize::try_from(*columns).ok(),
            _ => None,
        }
    }

    /// The initialiser that stands in the graph for it: name and shape, with its numbers elsewhere.
    fn placeholder(&self) -> Vec<u8> {
        let shape =
            self.shape.iter().flat_map(|&side| number_field(onnx::tensor::DIMENSION, side.unsigned_abs()));
        let mut tensor: Vec<u8> = shape.collect();
        tensor.extend(number_field(onnx::tensor::ELEMENT, onnx::FLOAT));
        tensor.extend(bytes_field(onnx::tensor::NAME, self.name.as_bytes()));
        tensor.extend(number_field(onnx::tensor::DATA_LOCATION, onnx::EXTERNAL));
        let location = [bytes_field(1, b"location"), bytes_field(2, b"shared by the sessions")].concat();
        tensor.extend(bytes_field(onnx::tensor::EXTERNAL_DATA, &location));
        bytes_field(onnx::graph::INITIALIZER, &tensor)
    }
}

/// The description of an input of f32 with three sides, the last one known.
fn vectors_input(name: &str, columns: usize) -> Vec<u8> {
    let free = |name: &str| bytes_field(1, &bytes_field(2, name.as_bytes()));
    let known = bytes_field(1, &number_field(1, columns as u64));
    let shape = [free("batch"), free("sequence"), known].concat();
    let tensor = [number_field(1, onnx::FLOAT), bytes_field(2, &shape)].concat();
    let value = [bytes_field(1, name.as_bytes()), bytes_field(2, &bytes_field(1, &tensor))].concat();
    bytes_field(onnx::graph::INPUT, &value)
}

fn text(file: &mut (impl Read + Seek), field: &Field) -> io::Result<String> {
    String::from_utf8(bytes(file, field.content.clone())?).map_err(io::Error::other)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;
    use crate::embedding::DIMENSIONS;

    const ROWS: u64 = 60;

    fn initializer(name: &str, shape: &[u64], data: &[u8]) -> Vec<u8> {
        let mut tensor: Vec<u8> = shape.iter().flat_map(|&side| number_field(1, side)).collect();
        tensor.extend([number_field(2, 1), bytes_field(8, name.as_bytes()), bytes_field(9, data)].concat());
        bytes_field(onnx::graph::INITIALIZER, &tensor)
    }

    fn node(operator: &str, inputs: &[&str], output: &str) -> Vec<u8> {
        let mut node: Vec<u8> = inputs.iter().flat_map(|input| bytes_field(1, input.as_bytes())).collect();
        node.extend([bytes_field(2, output.as_bytes()), bytes_field(4, operator.as_bytes())].concat());
        bytes_field(onnx::graph::NODE, &node)
    }

    /// A file with a table of word vectors, whose row `n` is all `n`, and a large and a small weight.
    fn file(nodes: &[Vec<u8>]) -> Vec<u8> {
        let rows: Vec<u8> =
            (0..ROWS).flat_map(|row| [(row as f32).to_le_bytes(); DIMENSIONS]).flatten().collect();
        let graph = [
            nodes.concat(),
            initializer("words", &[ROWS, DIMENSIONS as u64], &rows),
            initializer("large", &[100, 200], &[0; 80_000]),
            initializer("small", &[1], &[0; 4]),
            bytes_field(11, &bytes_field(1, b"input_ids")),
        ];
        [number_field(1, 8), bytes_field(7, &graph.concat()), bytes_field(8, &number_field(2, 17))].concat()
    }

    fn take_apart(file: &[u8]) -> ModelFile {
        ModelFile::of(&mut Cursor::new(file), file.len() as u64).unwrap()
    }

    fn mentions(file: &ModelFile, text: &str) -> bool {
        file.graph.windows(text.len()).any(|window| window == text.as_bytes())
    }

    #[test]
    fn large_weights_are_cut_out_and_small_ones_stay() {
        let file = file(&[node("Add", &["small", "large"], "sum")]);
        let parts = take_apart(&file);
        let found: Vec<_> = parts.weights.iter().map(|weight| (&*weight.name, &*weight.shape)).collect();
        assert_eq!(found, [("words", &[60, 384][..]), ("large", &[100, 200])]);
        assert!(parts.graph.len() < 1000);
        assert!(["small", "large", "words", "Add", "input_ids"].iter().all(|name| mentions(&parts, name)));
        assert_eq!(parts.weights[0].numbers(&mut Cursor::new(&file)).unwrap()[5 * DIMENSIONS], 5.0);
    }

    #[test]
    fn the_table_of_word_vectors_leaves_the_graph_and_its_rows_are_read() {
        let file =
            file(&[node("Gather", &["words", "input_ids"], "vectors"), node("Neg", &["vectors"], "out")]);
        let parts = take_apart(&file);
        assert!(!mentions(&parts, "Gather") && !mentions(&parts, "words") && mentions(&parts, "Neg"));
        let path = std::env::temp_dir().join(format!("agent-memory-table-{}", std::process::id()));
        std::fs::write(&path, &file).unwrap();
        let mut rows = Rows::open(&path, &parts.table.unwrap()).unwrap();
        std::fs::remove_file(&path).unwrap();
        assert_eq!(rows.input(), "vectors");
        assert_eq!(rows.of(&[7, 59]).unwrap(), [[7.0; DIMENSIONS], [59.0; DIMENSIONS]].concat());
        assert!(rows.of(&[60]).is_err() && rows.of(&[-1]).is_err());
    }

    #[test]
    fn a_table_that_has_another_use_stays() {
        let lookup = node("Gather", &["words", "input_ids"], "vectors");
        for other in
            [node("MatMul", &["vectors", "words"], "out"), node("Gather", &["words", "input_ids"], "out")]
        {
            assert_eq!(take_apart(&file(&[lookup.clone(), other])).table, None);
        }
    }

    #[test]
    fn what_is_no_model_is_an_error() {
        let whole = file(&[]);
        for file in [&whole[..], &whole[..1000], b"", b"text", &number_field(1, 8)] {
            let is_whole = file.len() == whole.len();
            assert_eq!(ModelFile::of(&mut Cursor::new(file), file.len() as u64).is_ok(), is_whole);
        }
    }
}
