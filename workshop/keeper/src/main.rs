//! The model of ZooKeeper, ClickHouse Keeper and RaftKeeper as a server on the loopback device.
//!
//! One thread owns the model; others read, write, accept and take orders.

mod args;
mod link;
mod order;
mod server;

use std::io::{BufRead, stdin};
use std::net::{Ipv4Addr, TcpListener};
use std::process::ExitCode;
use std::sync::mpsc::{Sender, channel};
use std::thread;

use clap::Parser;
use serde_json::json;

use args::Args;
use server::{Input, Server, say};

fn main() -> ExitCode {
    let args = Args::parse();
    match serve(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("tenure-keeper: {error}");
            ExitCode::FAILURE
        }
    }
}

fn serve(args: &Args) -> Result<(), String> {
    let cannot = |error| format!("cannot listen on 127.0.0.1:{}: {error}", args.port);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, args.port)).map_err(cannot)?;
    let address = listener.local_addr().map_err(cannot)?;
    let (inputs, queue) = channel();
    let accepts = inputs.clone();
    let orders = inputs.clone();
    let started = thread::Builder::new()
        .spawn(move || accept(&listener, &accepts))
        .and_then(|_| thread::Builder::new().spawn(move || listen(&orders)));
    started.map_err(|error| format!("cannot start a thread: {error}"))?;
    say(&json!({ "listening": address.to_string() }));
    Server::new(args.model(), inputs).run(&queue);
    Ok(())
}

fn accept(listener: &TcpListener, inputs: &Sender<Input>) {
    for stream in listener.incoming() {
        match stream {
            Ok(stream) => {
                if inputs.send(Input::Accepted(stream)).is_err() {
                    return;
                }
            }
            Err(error) => eprintln!("tenure-keeper: cannot accept a connection: {error}"),
        }
    }
}

/// Takes orders until standard input is closed.
fn listen(inputs: &Sender<Input>) {
    for line in stdin().lock().lines() {
        let Ok(line) = line else {
            break;
        };
        if inputs.send(Input::Order(line)).is_err() {
            return;
        }
    }
    let _ = inputs.send(Input::End);
}
