//! Clients, and the tasks that their calls are.

use super::convert;
use super::host::{Hooks, JsHost};
use super::task::Task;
use crate::platform::Client;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

/// The core of one client of the contract.
#[wasm_bindgen(skip_typescript)]
pub struct CoreClient(Client);

#[wasm_bindgen]
impl CoreClient {
    /// Validates a configuration, given as JSON text, and sends nothing. `memory` is what an earlier core remembered.
    #[wasm_bindgen(constructor, skip_typescript)]
    pub fn new(config: &str, hooks: Hooks, memory: Option<String>) -> Result<CoreClient, JsValue> {
        let host = Rc::new(JsHost::new(hooks));
        let client = Client::open(config, host, memory.as_deref()).map_err(|error| convert::error(&error))?;
        Ok(CoreClient(client))
    }

    /// The label in reports.
    #[wasm_bindgen(getter, skip_typescript)]
    pub fn label(&self) -> String {
        self.0.session().label.clone()
    }

    /// Starts an operation; arguments and options are JSON texts.
    #[wasm_bindgen(skip_typescript)]
    pub fn start(&self, operation: &str, arguments: &str, options: &str) -> Task {
        let tally = Rc::default();
        let started = self.0.start(operation, arguments, options, &tally);
        Task::new(Box::pin(async move { convert::output(started.await?) }), tally)
    }

    /// Wipes the secrets; later calls fail with `client_closed`.
    #[wasm_bindgen(skip_typescript)]
    pub fn close(&self) {
        self.0.session().close();
    }
}
