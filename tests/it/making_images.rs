//! Makes signed Windows images: the library's own builder of images, and an Authenticode object over
//! what it built.

use std::collections::BTreeSet;

use anchorwatch::domain::HashAlgorithm;
use anchorwatch::formats::pe::PeImage;
use anchorwatch::formats::x509::Certificate;

#[path = "../../src/formats/pe/builder.rs"]
#[allow(
    dead_code,
    clippy::unwrap_used,
    reason = "shared with the tests inside the library, which need other parts"
)]
mod builder;

pub(crate) use builder::Builder;

use crate::making::authenticode::signature;
use crate::making::authority::Role;
use crate::verdicts::Authority;

/// An image signed below a root that no trust folder of the tests knows, and that root.
pub(crate) fn signed_image() -> (Vec<u8>, Certificate) {
    let yard = Authority::new("Yard Root", 9);
    let signer = yard.issue(20, Role::CodeSigner, (2020, 2040));
    let image = Builder::default().build();
    let wanted = BTreeSet::from([HashAlgorithm::Sha256]);
    let measured = PeImage::read(&image)
        .unwrap()
        .measure(&image, &wanted)
        .unwrap();
    let object = signature(
        signer.signer(),
        &measured.image[&HashAlgorithm::Sha256],
        |_| vec![],
    );
    (Builder::signed(&object).build(), yard.root)
}
