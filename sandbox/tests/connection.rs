//! What happens on one connection: requests that follow each other on it.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;

use crate::support::Sandbox;

/// Reads an answer with its body; its first line.
fn answer(input: &mut impl BufRead) -> String {
    let (mut first, mut length) = (String::new(), 0);
    input.read_line(&mut first).unwrap();
    loop {
        let mut line = String::new();
        input.read_line(&mut line).unwrap();
        if let Some(number) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = number.trim().parse().unwrap();
        }
        if line.trim().is_empty() {
            break;
        }
    }
    input.read_exact(&mut vec![0; length]).unwrap();
    first.trim_end().to_owned()
}

#[test]
fn a_refused_request_is_read_to_its_end_and_the_next_one_is_answered() {
    let sandbox = Sandbox::start();
    let address = sandbox.threatq().base_url.strip_prefix("http://").unwrap();
    let mut output = TcpStream::connect(address).unwrap();
    let mut input = BufReader::new(output.try_clone().unwrap());
    let head = format!("Host: {address}\r\nContent-Type: application/json\r\nContent-Length: 2\r\n");
    // A server that is about to read the body says so; one that is not would refuse at once.
    write!(output, "POST /api/indicators HTTP/1.1\r\n{head}Expect: 100-continue\r\n\r\n").unwrap();
    assert_eq!(answer(&mut input), "HTTP/1.1 100 Continue");
    write!(output, "{{}}").unwrap();
    assert_eq!(answer(&mut input), "HTTP/1.1 401 Unauthorized");
    write!(output, "PUT /api/indicators/1 HTTP/1.1\r\n{head}\r\n{{}}").unwrap();
    assert_eq!(answer(&mut input), "HTTP/1.1 401 Unauthorized");
}
