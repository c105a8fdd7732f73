//! The threads that do the work.

use std::num::NonZero;
use std::thread::available_parallelism;

use tokio::runtime::Builder;

/// One worker thread serves thousands of streams; each further one is mostly woken without work to do. With more than two cores there is a second
/// one, which goes on while the first signs a large request. Long conversions run on blocking threads.
#[napi_derive::module_init]
fn start() {
    let cores = available_parallelism().map_or(1, NonZero::get);
    let workers = if cores > 2 { 2 } else { 1 };
    // If no thread can be created, napi's own runtime reports it.
    if let Ok(runtime) = Builder::new_multi_thread()
        .worker_threads(workers)
        .enable_all()
        .thread_name("langchain-aws")
        .build()
    {
        napi::bindgen_prelude::create_custom_tokio_runtime(runtime);
    }
}
