//! The sandbox as clients meet it: real HTTP against a server inside this process, and the command line as a
//! process of its own. One file per noun.

mod cli;
mod connection;
mod cors;
mod events;
mod feeds;
mod groups;
mod imports;
mod inspect;
mod list;
mod lockout;
mod qradar_ariel;
mod qradar_command;
mod qradar_console;
mod qradar_reference;
mod qradar_siem;
mod qradar_tokens;
mod query;
mod reference;
mod seed;
mod support;
mod taegis;
mod tls;
mod tokens;
mod write;
