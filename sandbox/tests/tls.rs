//! https with an authority of the sandbox's own.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::support::Sandbox;

/// The status line of a GET, or why there is none.
fn get(sandbox: &Sandbox, name: &str, authority: Option<&[u8]>) -> Result<String, String> {
    let mut roots = RootCertStore::empty();
    if let Some(pem) = authority {
        roots.add(CertificateDer::from_pem_slice(pem).unwrap()).unwrap();
    }
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let address = sandbox.threatq().base_url.strip_prefix("https://").unwrap();
    let name = ServerName::try_from(name.to_owned()).unwrap();
    let connection = ClientConnection::new(Arc::new(config), name).unwrap();
    let mut stream = StreamOwned::new(connection, TcpStream::connect(address).unwrap());
    let request = b"GET /api/indicators HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    stream.write_all(request).map_err(|error| error.to_string())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).map_err(|error| error.to_string())?;
    Ok(answer.lines().next().unwrap_or_default().to_owned())
}

#[test]
fn clients_that_trust_the_authority_get_in_by_name_and_by_address() {
    let sandbox = Sandbox::with(|options| options.tls = true);
    let path = sandbox.ready.ca.clone().unwrap();
    let pem = std::fs::read(&path).unwrap();
    for name in ["localhost", "127.0.0.1"] {
        assert_eq!(get(&sandbox, name, Some(&pem)), Ok("HTTP/1.1 401 Unauthorized".to_owned()), "{name}");
    }
    assert!(get(&sandbox, "elsewhere.example", Some(&pem)).is_err(), "the certificate is for this machine only");
    drop(sandbox);
    assert!(!path.exists(), "the file goes with the sandbox");
}

#[test]
fn clients_that_do_not_are_kept_out() {
    let sandbox = Sandbox::with(|options| options.tls = true);
    let error = get(&sandbox, "localhost", None).unwrap_err();
    assert!(error.contains("UnknownIssuer"), "{error}");
}
