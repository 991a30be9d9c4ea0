//! The binary that Trunk compiles to WebAssembly. Everything is in the library.

fn main() {
    rota::start();
}
