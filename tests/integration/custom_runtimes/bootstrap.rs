//! A custom runtime in Rust with nothing but its standard library: echoes events in chunks, as streams are sent.
use std::env;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

const ROOT: &str = "/2018-06-01/runtime/invocation";

fn receive(reader: &mut BufReader<TcpStream>) -> (Vec<(String, String)>, Vec<u8>) {
    let (mut fields, mut line, mut body) = (Vec::new(), String::new(), Vec::new());
    if reader.read_line(&mut line).unwrap() == 0 {
        std::process::exit(0);
    }
    loop {
        line.clear();
        reader.read_line(&mut line).unwrap();
        match line.trim_end().split_once(':') {
            Some((name, value)) => fields.push((name.to_lowercase(), value.trim().to_string())),
            None => break,
        }
    }
    let length = value(&fields, "content-length").parse().unwrap_or(0);
    body.resize(length, 0);
    reader.read_exact(&mut body).unwrap();
    (fields, body)
}

fn value<'a>(fields: &'a [(String, String)], name: &str) -> &'a str {
    fields.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
}

fn main() {
    let stream = TcpStream::connect(env::var("AWS_LAMBDA_RUNTIME_API").unwrap()).unwrap();
    let mut writer = stream.try_clone().unwrap();
    let mut reader = BufReader::new(stream);
    loop {
        write!(writer, "GET {ROOT}/next HTTP/1.1\r\nHost: runtime\r\n\r\n").unwrap();
        let (fields, event) = receive(&mut reader);
        let id = value(&fields, "lambda-runtime-aws-request-id").to_string();
        write!(
            writer,
            "POST {ROOT}/{id}/response HTTP/1.1\r\nHost: runtime\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        .unwrap();
        for chunk in event.chunks(1 << 16) {
            write!(writer, "{:x}\r\n", chunk.len()).unwrap();
            writer.write_all(chunk).unwrap();
            writer.write_all(b"\r\n").unwrap();
        }
        writer.write_all(b"0\r\n\r\n").unwrap();
        receive(&mut reader);
    }
}
