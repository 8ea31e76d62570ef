//! Sentence-embedding models of a few kilobytes, built as folders of sentence-transformers: real ONNX files, real tokenizers.
//!
//! A word piece is a letter, digit or mark. Each has a row of numbers that a seed decides; the vector of a word piece is its row
//! and the sum of all rows of the text (that of the padding is zero), so that every one knows the whole text.
//! Field numbers are those of onnx/onnx: onnx/onnx.proto.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
};

use serde_json::{Value, json};

/// What is special about a model.
#[derive(Debug, Clone)]
pub struct TinyModel {
    pub name: &'static str,
    pub dimensions: usize,
    /// Another one, other vectors.
    pub seed: u64,
    /// The switch that is on in `1_Pooling/config.json`.
    pub pooling: &'static str,
    pub is_normalized: bool,
    /// Prefixes of questions and of what is remembered.
    pub prompts: Option<[&'static str; 2]>,
    pub max_seq_length: usize,
    /// Whether the graph takes `token_type_ids`.
    pub takes_types: bool,
}

impl TinyModel {
    /// Mean, normalised, no prefixes, 384 numbers.
    pub const PLAIN: Self = Self {
        name: "tiny-plain",
        dimensions: 384,
        seed: 7,
        pooling: "pooling_mode_mean_tokens",
        is_normalized: true,
        prompts: None,
        max_seq_length: 128,
        takes_types: true,
    };

    /// The first word piece, any length, prefixes, 32 numbers.
    pub const ASKING: Self = Self {
        name: "tiny-asking",
        dimensions: 32,
        seed: 11,
        pooling: "pooling_mode_cls_token",
        is_normalized: false,
        prompts: Some(["query: ", "passage: "]),
        max_seq_length: 64,
        takes_types: false,
    };

    /// Builds its folder.
    pub fn build(&self) -> ModelFolder {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let parent = std::env::temp_dir().join(format!("agent-memory-tiny-{}-{number}", std::process::id()));
        let folder = ModelFolder { parent: parent.clone(), path: parent.join(self.name) };
        fs::create_dir_all(folder.path.join("1_Pooling")).unwrap();
        fs::create_dir_all(folder.path.join("onnx")).unwrap();
        fs::write(folder.path.join("onnx/model.onnx"), self.onnx()).unwrap();
        folder.write("tokenizer.json", &tokenizer());
        let module = |at: usize, path: &str, kind: &str| json!({ "idx": at, "name": at.to_string(), "path": path, "type": format!("sentence_transformers.models.{kind}") });
        let mut modules = vec![module(0, "", "Transformer"), module(1, "1_Pooling", "Pooling")];
        if self.is_normalized {
            modules.push(module(2, "2_Normalize", "Normalize"));
        }
        folder.write("modules.json", &json!(modules));
        folder.write(
            "config.json",
            &json!({ "model_type": "bert", "hidden_size": self.dimensions, "max_position_embeddings": 128, "pad_token_id": 0 }),
        );
        folder.write(
            "1_Pooling/config.json",
            &json!({ "word_embedding_dimension": self.dimensions, self.pooling: true }),
        );
        folder.write(
            "sentence_bert_config.json",
            &json!({ "max_seq_length": self.max_seq_length, "do_lower_case": false }),
        );
        if let Some([query, passage]) = self.prompts {
            let prompts =
                json!({ "prompts": { "query": query, "passage": passage }, "default_prompt_name": null });
            folder.write("config_sentence_transformers.json", &prompts);
        }
        folder
    }

    /// The vector that the model gives a text without prefix, computed here: of the sum of rows alone, since pooling adds one more.
    pub fn expected(&self, text: &str) -> Vec<f32> {
        let pieces: Vec<usize> = std::iter::once(CLS)
            .chain(text.chars().filter(|symbol| !symbol.is_whitespace()).map(piece))
            .chain([SEP])
            .collect();
        let row = |piece: usize| (0..self.dimensions).map(move |column| self.number(piece, column));
        let mut sum = vec![0.0_f32; self.dimensions];
        for &piece in &pieces {
            sum.iter_mut().zip(row(piece)).for_each(|(total, number)| *total += number);
        }
        let own: Vec<f32> = match self.pooling {
            "pooling_mode_cls_token" => row(CLS).collect(),
            _ => sum.iter().map(|total| total / pieces.len() as f32).collect(),
        };
        let mut vector: Vec<f32> = sum.iter().zip(own).map(|(total, own)| total + own).collect();
        if self.is_normalized {
            let length = vector.iter().map(|number| number * number).sum::<f32>().sqrt();
            vector.iter_mut().for_each(|number| *number /= length);
        }
        vector
    }

    /// A number from -1 to 1; those of the padding are 0.
    fn number(&self, piece: usize, column: usize) -> f32 {
        if piece == 0 {
            return 0.0;
        }
        let place = (piece * self.dimensions + column) as u64 + (self.seed << 32);
        // SplitMix64.
        let mut mixed = place.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed >> 40) as f32 / (1_u64 << 23) as f32) - 1.0
    }

    fn onnx(&self) -> Vec<u8> {
        const FLOAT: u64 = 1;
        const INT64: u64 = 7;
        let pieces = VOCABULARY.chars().count() + FIRST;
        let rows: Vec<u8> = (0..pieces)
            .flat_map(|piece| (0..self.dimensions).map(move |column| self.number(piece, column)))
            .flat_map(f32::to_le_bytes)
            .collect();
        let node = |operator: &str, inputs: &[&str], output: &str| {
            let mut node: Vec<u8> = inputs.iter().flat_map(|input| bytes(1, input)).collect();
            node.extend([bytes(2, output), bytes(4, operator)].concat());
            bytes(1, node)
        };
        let tensor = |name: &str, element: u64, shape: &[usize], data: &[u8]| {
            let mut tensor: Vec<u8> = shape.iter().flat_map(|&side| number(1, side as u64)).collect();
            tensor.extend([number(2, element), bytes(8, name), bytes(9, data)].concat());
            bytes(5, tensor)
        };
        let value = |name: &str, element: u64, further: Option<usize>| {
            let mut shape = [bytes(1, bytes(2, "batch")), bytes(1, bytes(2, "sequence"))].concat();
            shape.extend(further.iter().flat_map(|&size| bytes(1, number(1, size as u64))));
            let tensor = [number(1, element), bytes(2, shape)].concat();
            [bytes(1, name), bytes(2, bytes(1, tensor))].concat()
        };
        let inputs: &[&str] = match self.takes_types {
            true => &["input_ids", "attention_mask", "token_type_ids"],
            false => &["input_ids", "attention_mask"],
        };
        let mut graph = [
            node("Gather", &["words", "input_ids"], "rows"),
            node("ReduceSum", &["rows", "axes"], "sum"),
            node("Add", &["rows", "sum"], "last_hidden_state"),
            bytes(2, "tiny"),
            tensor("words", FLOAT, &[pieces, self.dimensions], &rows),
            tensor("axes", INT64, &[1], &1_i64.to_le_bytes()),
        ]
        .concat();
        graph.extend(inputs.iter().flat_map(|name| bytes(11, value(name, INT64, None))));
        graph.extend(bytes(12, value("last_hidden_state", FLOAT, Some(self.dimensions))));
        let opset = [bytes(1, ""), number(2, 17)].concat();
        [number(1, 8), bytes(7, graph), bytes(8, opset)].concat()
    }
}

/// A model's folder, removed on drop.
pub struct ModelFolder {
    parent: PathBuf,
    pub path: PathBuf,
}

impl ModelFolder {
    /// Writes one of its small files.
    pub fn write(&self, name: &str, content: &Value) {
        fs::write(self.path.join(name), content.to_string()).unwrap();
    }

    pub fn remove(&self, name: &str) {
        fs::remove_file(self.path.join(name)).unwrap();
    }
}

impl AsRef<Path> for ModelFolder {
    fn as_ref(&self) -> &Path {
        &self.path
    }
}

impl Drop for ModelFolder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.parent);
    }
}

/// Word pieces behind the marks.
const VOCABULARY: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:.,?'";
const CLS: usize = 2;
const SEP: usize = 3;
const FIRST: usize = 4;

fn piece(symbol: char) -> usize {
    VOCABULARY.chars().position(|known| known == symbol).map_or(1, |at| at + FIRST)
}

/// Each symbol by itself, white space apart.
fn tokenizer() -> Value {
    let marks = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"].map(str::to_owned);
    let pieces = marks.into_iter().chain(VOCABULARY.chars().map(String::from));
    let vocabulary: serde_json::Map<String, Value> =
        pieces.enumerate().map(|(at, piece)| (piece, json!(at))).collect();
    let mark = |name: &str| json!({ "SpecialToken": { "id": name, "type_id": 0 } });
    let special = |name: &str, id: usize| json!({ "id": name, "ids": [id], "tokens": [name] });
    let single = json!([mark("[CLS]"), { "Sequence": { "id": "A", "type_id": 0 } }, mark("[SEP]")]);
    let split = |pattern: Value, behavior: &str| json!({ "type": "Split", "pattern": pattern, "behavior": behavior, "invert": false });
    json!({
        "version": "1.0", "truncation": null, "padding": null, "added_tokens": [], "normalizer": null, "decoder": null,
        "pre_tokenizer": { "type": "Sequence", "pretokenizers": [
            split(json!({ "Regex": "\\s+" }), "Removed"), split(json!({ "Regex": "." }), "Isolated")
        ] },
        "post_processor": { "type": "TemplateProcessing", "single": single, "pair": single,
            "special_tokens": { "[CLS]": special("[CLS]", CLS), "[SEP]": special("[SEP]", SEP) } },
        "model": { "type": "WordLevel", "vocab": vocabulary, "unk_token": "[UNK]" }
    })
}

fn number(field: u64, value: u64) -> Vec<u8> {
    [varint(field << 3), varint(value)].concat()
}

fn bytes(field: u64, content: impl AsRef<[u8]>) -> Vec<u8> {
    let content = content.as_ref();
    [varint(field << 3 | 2), varint(content.len() as u64), content.to_vec()].concat()
}

fn varint(mut value: u64) -> Vec<u8> {
    let mut written = Vec::new();
    while value > 127 {
        written.push(value as u8 & 127 | 128);
        value >>= 7;
    }
    written.push(value as u8);
    written
}
