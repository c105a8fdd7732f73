//! Lets the addon link against the symbols that Node.js provides when it loads it.

fn main() {
    napi_build::setup();
}
