//! A small web server: connections are kept, one thread each.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;

/// An answer: status, headers with their line ends, body.
pub(crate) type Answer = (u16, String, Arc<[u8]>);
/// Path and whole head in, answer out.
pub(crate) type Handler = dyn Fn(&str, &str) -> Answer + Send + Sync;

/// Listens at any port and gives it.
pub(crate) fn listen(each: impl Fn(TcpStream) + Send + Sync + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let each = Arc::new(each);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let each = Arc::clone(&each);
            let _ = stream.set_nodelay(true);
            std::thread::Builder::new()
                .stack_size(256 << 10)
                .spawn(move || each(stream))
                .unwrap();
        }
    });
    port
}

/// Answers question after question on one connection.
pub(crate) fn answer(stream: &mut (impl Read + Write), handler: &Handler) {
    let mut buffer = vec![];
    let mut piece = [0; 8192];
    loop {
        let end = loop {
            if let Some(at) = buffer.windows(4).position(|four| four == b"\r\n\r\n") {
                break at + 4;
            }
            match stream.read(&mut piece) {
                Ok(0) | Err(_) => return,
                Ok(count) => buffer.extend_from_slice(&piece[..count]),
            }
        };
        let head = String::from_utf8_lossy(&buffer[..end]).into_owned();
        buffer.drain(..end);
        let path = head.split(' ').nth(1).unwrap_or_default();
        let (status, headers, body) = handler(path, &head);
        let length = body.len();
        let head = format!("HTTP/1.1 {status} x\r\nContent-Length: {length}\r\n{headers}\r\n");
        let whole = [head.as_bytes(), &body].concat();
        if stream
            .write_all(&whole)
            .and_then(|()| stream.flush())
            .is_err()
        {
            return;
        }
    }
}
