//! The browser extension: the package and `examples/extension/` put together by `xtask/node/extension.mjs`, for each browser
//! as a folder that can be loaded and a zip that can be handed on.

use anyhow::Result;

use crate::process::{self, command};
use crate::step::step;
use crate::{layout, package};

/// Builds the package, then the extension into `target/extension/`.
pub(crate) fn pack() -> Result<()> {
    package::build()?;
    step("put the extension together", || {
        process::run(command("node").arg(layout::script("extension.mjs")).arg(layout::target().join("extension")))
    })
}
