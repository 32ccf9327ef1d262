//! What systemd hears of a service (`sd_notify(3)`): datagrams to the socket that it names.

/// Says one thing; without such a socket nobody listens, and that is no failure.
#[cfg(target_os = "linux")]
pub(super) fn say(word: &str) {
    use std::os::linux::net::SocketAddrExt as _;
    use std::os::unix::ffi::OsStrExt as _;
    use std::os::unix::net::{SocketAddr, UnixDatagram};

    let Some(name) = std::env::var_os("NOTIFY_SOCKET") else {
        return;
    };
    let address = match name.as_bytes().strip_prefix(b"@") {
        Some(hidden) => SocketAddr::from_abstract_name(hidden),
        None => SocketAddr::from_pathname(&name),
    };
    if let (Ok(address), Ok(socket)) = (address, UnixDatagram::unbound()) {
        let _ = socket.send_to_addr(word.as_bytes(), &address);
    }
}

#[cfg(not(target_os = "linux"))]
pub(super) fn say(_word: &str) {}
