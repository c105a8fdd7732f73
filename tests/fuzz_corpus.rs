//! The seeds of the fuzz targets, and what fuzzing has found: `fuzz/README.md`.

#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "a failing test may say so as it likes")]

#[path = "../fuzz/checks/frames.rs"]
mod frames;
#[path = "../fuzz/checks/pairing.rs"]
mod pairing;
#[path = "../fuzz/checks/request.rs"]
mod request;
#[path = "../fuzz/checks/response.rs"]
mod response;
#[path = "../fuzz/checks/schemas.rs"]
mod schemas;
#[path = "../fuzz/checks/stream.rs"]
mod stream;

use std::path::Path;

fn each_input(target: &str, check: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let mut inputs = 0;
    for entry in folder.read_dir().expect("a folder of inputs") {
        check(&std::fs::read(entry.expect("an input").path()).expect("an input"));
        inputs += 1;
    }
    assert!(inputs > 0, "{target}");
}

#[test]
fn the_corpus_passes_its_checks() {
    each_input("frames", frames::check);
    each_input("pairing", pairing::check);
    each_input("request", request::check);
    each_input("response", response::check);
    each_input("schemas", schemas::check);
    each_input("stream", stream::check);
}
