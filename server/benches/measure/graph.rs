//! The model's graph run directly by ONNX Runtime: what embedding would cost with nothing around it. No tokenizer, no pooling.
//!
//! In a process of its own, since a process has one environment of ONNX Runtime.

use std::{
    process::Command,
    time::{Duration, Instant},
};

use ort::{session::Session, value::Tensor};

use crate::{report::percentile, setup::Executable};

/// The first argument with which this program is that process.
pub(crate) const CHILD: &str = "graph";

/// Median milliseconds for each number of tokens, with so many threads.
pub(crate) fn median_ms(
    executable: &Executable,
    threads: usize,
    tokens: &[usize],
    each: Duration,
) -> Vec<f64> {
    let output = Command::new(std::env::current_exe().unwrap())
        .arg(CHILD)
        .arg(executable.path("AGENT_MEMORY_MODEL_DIR").join("model.onnx"))
        .arg(executable.path("AGENT_MEMORY_ORT_LIB"))
        .arg(threads.to_string())
        .arg(each.as_millis().to_string())
        .args(tokens.iter().map(usize::to_string))
        .output()
        .unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    printed.split_whitespace().map(|text| text.parse().unwrap()).collect()
}

/// Prints the medians.
pub(crate) fn child(arguments: &[String]) {
    let [model, library, threads, each, tokens @ ..] = arguments else {
        panic!("model, library, threads, milliseconds, tokens...")
    };
    let environment = ort::init_from(library).unwrap().build().unwrap();
    let mut session = Session::builder(&environment)
        .unwrap()
        .with_intra_threads(threads.parse().unwrap())
        .unwrap()
        .commit_from_file(model)
        .unwrap();
    let each = Duration::from_millis(each.parse().unwrap());
    for count in tokens {
        println!("{}", one_length(&mut session, count.parse().unwrap(), each));
    }
}

fn one_length(session: &mut Session, count: usize, each: Duration) -> f64 {
    let ids: Vec<i64> = (0..count).map(|at| 2000 + at as i64 * 7).collect();
    let input = |values: Vec<i64>| Tensor::from_array(([1, count], values)).unwrap();
    let (mut times, began) = (Vec::new(), Instant::now());
    while began.elapsed() < each || times.len() < 10 {
        let began = Instant::now();
        let inputs = ort::inputs! {
            "input_ids" => input(ids.clone()),
            "attention_mask" => input(vec![1; count]),
            "token_type_ids" => input(vec![0; count]),
        };
        drop(session.run(inputs).unwrap());
        times.push(began.elapsed().as_secs_f64() * 1000.0);
    }
    percentile(&times, 50.0)
}
