//! Random secrets, and the only forms in which they are kept.
//!
//! Tokens and client secrets are random and long: one SHA-256 hides them well enough, and can be looked up.
//! Passwords are chosen by people: Argon2id with a salt, in the PHC string form.

use std::fmt::Write;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use sha2::{Digest, Sha256};

use crate::Error;

/// That many lower-case hexadecimal digits from the system's generator; an odd number loses one.
pub fn random_hex(digits: usize) -> Result<String, Error> {
    Ok(hex(&random_bytes(digits / 2)?))
}

/// That many bytes from the system's generator.
pub fn random_bytes(count: usize) -> Result<Vec<u8>, Error> {
    let mut bytes = vec![0; count];
    getrandom::fill(&mut bytes).map_err(|error| Error::System(format!("no randomness from the system: {error}")))?;
    Ok(bytes)
}

/// What is stored of a token or a client secret: 64 hexadecimal digits.
pub fn digest(secret: &str) -> String {
    hex(&Sha256::digest(secret))
}

/// Bytes as lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// What is stored of a password that a person chose.
pub fn hash_password(password: &str) -> Result<String, Error> {
    hash_with(password, Params::default())
}

/// What is stored of a password that [`made_password`] made. Nobody guesses 80 random bits, so this one need not
/// be slow; a sandbox makes three at every start.
pub fn hash_made_password(password: &str) -> Result<String, Error> {
    hash_with(password, Params::new(Params::MIN_M_COST, 1, 1, None).unwrap_or_default())
}

/// A password for an account whose owner chose none.
pub fn made_password() -> Result<String, Error> {
    random_hex(20)
}

fn hash_with(password: &str, params: Params) -> Result<String, Error> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password(password.as_bytes())
        .map(|hash| hash.to_string())
        .map_err(|error| Error::System(format!("the password could not be hashed: {error}")))
}

/// Whether this is the password that was hashed. A hash that cannot be read fits none.
pub fn verify_password(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_fits_its_own_hash_only() {
        for hash in [hash_password("correct horse").unwrap(), hash_made_password("correct horse").unwrap()] {
            assert!(hash.starts_with("$argon2id$"));
            assert!(verify_password("correct horse", &hash));
            assert!(!verify_password("correct horse ", &hash));
        }
        assert!(!verify_password("correct horse", "no hash at all"));
    }

    #[test]
    fn two_random_texts_differ_and_have_the_length_asked_for() {
        let (one, other) = (random_hex(40).unwrap(), random_hex(40).unwrap());
        assert_eq!(one.len(), 40);
        assert_ne!(one, other);
    }
}
