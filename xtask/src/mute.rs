//! Panics made short: every function that only words a panic traps at once instead.
//!
//! A panic in the wasm becomes a trap whatever it would have said, and no panic text may leave the package. The standard
//! library comes compiled with its wording, so the functions that word it are emptied here, and wasm-opt then removes the
//! formatting behind them: measured, a fifth of the module. The checks themselves stay where they are.

use anyhow::Result;
use std::path::Path;
use walrus::{FunctionBuilder, FunctionKind, Module};

/// Parts of symbol names, as far as the compiler's mangling leaves them readable.
const WORDING: [&str; 13] = [
    "panicking",
    "panic_fmt",
    "slice_error_fail",
    "slice_index_fail",
    "unwrap_failed",
    "expect_failed",
    "panic_bounds_check",
    "panic_already_borrowed",
    "panic_already_mutably_borrowed",
    "begin_panic_handler",
    "handle_alloc_error",
    "capacity_overflow",
    // What only words show: nothing that leaves the core is written by `Debug`.
    "5Debug3fmt",
];

/// Rewrites the module in place; returns how many functions were emptied.
pub(crate) fn mute(module: &Path) -> Result<usize> {
    let mut wasm = Module::from_file(module)?;
    let wording: Vec<_> = wasm
        .funcs
        .iter()
        .filter(|function| matches!(function.kind, FunctionKind::Local(_)))
        .filter(|function| function.name.as_ref().is_some_and(|name| WORDING.iter().any(|part| name.contains(part))))
        .map(|function| (function.id(), function.ty()))
        .collect();
    for (id, signature) in &wording {
        let (parameters, results) = {
            let signature = wasm.types.get(*signature);
            (signature.params().to_vec(), signature.results().to_vec())
        };
        let arguments = parameters.iter().map(|kind| wasm.locals.add(*kind)).collect();
        let mut body = FunctionBuilder::new(&mut wasm.types, &parameters, &results);
        body.func_body().unreachable();
        wasm.funcs.get_mut(*id).kind = FunctionKind::Local(body.local_func(arguments));
    }
    wasm.emit_wasm_file(module)?;
    Ok(wording.len())
}
