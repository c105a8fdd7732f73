//! The threads that do the work.

use std::num::NonZero;
use std::thread::available_parallelism;

use tokio::runtime::Builder;

/// One thread serves thousands of streams, and each further one is woken for nothing most of the time; a second one, where there are cores for
/// it, goes on when the first signs a large request. Conversions that take long have threads of their own.
#[napi_derive::module_init]
fn start() {
    let cores = available_parallelism().map_or(1, NonZero::get);
    let workers = if cores > 2 { 2 } else { 1 };
    // Where no thread can be made there is napi's own runtime, which says so.
    if let Ok(runtime) = Builder::new_multi_thread()
        .worker_threads(workers)
        .enable_all()
        .thread_name("langchain-aws")
        .build()
    {
        napi::bindgen_prelude::create_custom_tokio_runtime(runtime);
    }
}
