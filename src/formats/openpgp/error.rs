//! Why bytes are no OpenPGP signature file or key file.

/// What is wrong with the outer form of OpenPGP data; offsets count bytes, lines count from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OpenPgpError {
    #[error("larger than {limit} bytes")]
    TooLarge { limit: usize },
    #[error("more than {limit} {what}")]
    TooMany { what: &'static str, limit: usize },
    #[error("nothing OpenPGP is in it")]
    NotOpenPgp,
    #[error("the armour is broken in line {line}: {what}")]
    Armour { line: usize, what: &'static str },
    /// Text that no reader of the armour would look at.
    #[error("text outside the armour in line {line}")]
    TextAround { line: usize },
    /// An armour of another kind than asked for.
    #[error("the armour in line {line} holds a {label}")]
    OtherArmour { line: usize, label: String },
    #[error("the packet at {offset} is cut off or has no header")]
    Truncated { offset: usize },
    /// Partial and indeterminate lengths are for data only (RFC 9580 4.2.1.4).
    #[error("the packet at {offset} does not say how long it is")]
    LengthNotStated { offset: usize },
    #[error("compressed data at {offset}: decompression is refused")]
    Compressed { offset: usize },
    #[error("a packet of type {tag} at {offset} has no place here")]
    UnexpectedPacket { tag: u8, offset: usize },
    #[error("secret key material at {offset}")]
    SecretKey { offset: usize },
    #[error("the signature packet at {offset} is malformed: {what}")]
    MalformedSignature { offset: usize, what: &'static str },
}
