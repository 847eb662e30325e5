//! The SQLite connection that all platforms share: a file, or memory. Each platform brings its own tables.
//!
//! One connection behind one lock: SQLite writes one at a time anyway, and the sandbox's reads are short.
//! A file may be used by a server and by commands at once: write-ahead log, and five seconds of patience.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::Error;

/// How long a statement waits for another process that holds the file.
const PATIENCE: Duration = Duration::from_secs(5);

/// A handle to the database; clones share the connection.
#[derive(Clone)]
pub struct Database {
    connection: Arc<Mutex<Connection>>,
}

impl Database {
    /// Opens the file, making it if need be; `None` is a database in memory.
    pub fn open(path: Option<&Path>) -> Result<Database, Error> {
        let connection = match path {
            Some(path) => Connection::open(path)?,
            None => Connection::open_in_memory()?,
        };
        connection.busy_timeout(PATIENCE)?;
        // Losing the last second of a sandbox in a power cut harms nobody, hence NORMAL.
        connection.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY;
             PRAGMA cache_size = -131072; PRAGMA mmap_size = 2147483648;",
        )?;
        connection.set_prepared_statement_cache_capacity(64);
        Ok(Database { connection: Arc::new(Mutex::new(connection)) })
    }

    /// Reads, on this thread.
    pub fn read<T, E>(&self, work: impl FnOnce(&Connection) -> Result<T, E>) -> Result<T, E> {
        work(&self.lock())
    }

    /// Changes, on this thread, in one transaction: an error undoes all of it.
    pub fn change<T, E: From<rusqlite::Error>>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut connection = self.lock();
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let outcome = work(&transaction)?;
        transaction.commit()?;
        Ok(outcome)
    }

    /// Changes a great deal, in one transaction. In the write-ahead log every page would be written twice; with a
    /// rollback journal, new pages are written once. Another process that has the file open prevents the
    /// switch: then it is the log all the same.
    pub fn load<T, E: From<rusqlite::Error>>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let journal = |mode: &str| self.read(|connection| connection.pragma_update(None, "journal_mode", mode)).is_ok();
        let switched = journal("TRUNCATE");
        let outcome = self.change(work);
        if switched {
            journal("WAL");
        }
        outcome
    }

    /// A panic while the lock was held leaves no transaction behind (its drop rolls back), so go on.
    fn lock(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
