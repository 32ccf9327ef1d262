//! Blocks that hold nothing but the revocation of a key (GnuPG writes them so, under the label of a
//! public key).

use sequoia_openpgp as sequoia;
use sequoia_openpgp::parse::Parse as _;
use sequoia_openpgp::types::SignatureType;

use super::packet::{self, tag};
use crate::formats::limits;

/// The key revocations of a block that holds only signatures; `None` for any other block.
pub(super) fn only(block: &[u8]) -> Option<Vec<sequoia::packet::Signature>> {
    let mut found = vec![];
    for packet in packet::walk(block) {
        let packet = packet.ok().filter(|packet| packet.tag == tag::SIGNATURE)?;
        let whole = block.get(packet.whole)?;
        if whole.len() > limits::OPENPGP_SIGNATURE || found.len() >= limits::OPENPGP_SIGNATURES {
            return None;
        }
        if let Ok(sequoia::Packet::Signature(signature)) = sequoia::Packet::from_bytes(whole)
            && signature.typ() == SignatureType::KeyRevocation
        {
            found.push(signature);
        }
    }
    (!found.is_empty()).then_some(found)
}
