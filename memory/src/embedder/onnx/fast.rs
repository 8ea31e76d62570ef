//! The fast form: the same graph in bf16, by OpenVINO within ONNX Runtime.

use ort::{
    environment::Environment,
    ep::{self, ArbitrarilyConfigurableExecutionProvider},
    logging::LogLevel,
    session::{Session, builder::SessionBuilder},
};

use crate::{Result, embedder::files::failure};

const WAY_OUT: &str = "fetch it by `scripts/get-onnxruntime.sh fast`, or leave the form at exact";

/// Whether this processor multiplies numbers of bf16 by itself. Those with AMX do so by AVX-512 too.
#[cfg(target_arch = "x86_64")]
fn is_supported() -> bool {
    std::arch::is_x86_feature_detected!("avx512bf16")
}

#[cfg(not(target_arch = "x86_64"))]
fn is_supported() -> bool {
    false
}

/// Says in one sentence why this processor will not do, if so: without the instructions it would be slower than exact.
///
/// # Errors
/// [`crate::Error::Embedder`] on a processor without them.
pub(super) fn check_processor() -> Result<()> {
    let problem =
        "the fast form needs a processor with AVX512-BF16 or AMX, which this one is not: leave it at exact";
    if is_supported() { Ok(()) } else { Err(failure(problem.to_owned(), None)) }
}

/// A session's settings, with all of the graph on OpenVINO or none of it: ONNX Runtime would otherwise go on without it,
/// at the speed of the exact form.
pub(super) fn builder(environment: &Environment, threads: usize) -> Result<SessionBuilder> {
    settings(environment, threads).map_err(|source| {
        failure(format!("ONNX Runtime's library comes without OpenVINO: {WAY_OUT}"), Some(source.into()))
    })
}

fn settings(environment: &Environment, threads: usize) -> ort::Result<SessionBuilder> {
    let openvino = ep::OpenVINO::default()
        .with_device_type("CPU")
        // The text itself, not the path of a file.
        .with_arbitrary_config("load_config", configuration(threads))
        .build()
        .error_on_failure();
    Ok(Session::builder(environment)?
        .with_execution_providers([openvino])?
        .with_disable_cpu_fallback()?
        // What the graph leaves to ONNX Runtime is next to nothing.
        .with_intra_threads(1)?
        .with_memory_pattern(false)?
        .with_log_level(LogLevel::Fatal)?)
}

fn configuration(threads: usize) -> String {
    format!(
        r#"{{"CPU": {{"INFERENCE_PRECISION_HINT": "bf16", "INFERENCE_NUM_THREADS": "{threads}", "NUM_STREAMS": "1"}}}}"#
    )
}
