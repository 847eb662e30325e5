//! The sandbox as clients meet it: real HTTP against a server inside this process. One file per noun.

mod cors;
mod inspect;
mod lockout;
mod support;
mod tokens;
