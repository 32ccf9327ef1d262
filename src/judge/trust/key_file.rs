//! What the files of one key say together: its copies as one, and what people call it.

use std::borrow::Cow;

use crate::domain::AnchorId;
use crate::formats::openpgp::{CertificateFile, OpenPgpCertificate, without_address};
use crate::formats::trust_folder::Root;

/// Every copy of the certificate beside a key's file, as one; of the key that the path names only.
pub(super) fn merged(files: &[Cow<'_, [u8]>], path: &[u8]) -> Option<OpenPgpCertificate> {
    let name = path.rsplit(|byte| *byte == b'/').next()?;
    let mut copies = vec![];
    for file in files {
        copies.extend(CertificateFile::read(file).ok()?.certificates);
    }
    OpenPgpCertificate::merge(copies)
        .ok()?
        .into_iter()
        .find(|one| AnchorId::OpenPgp(one.fingerprint()).to_string().as_bytes() == name)
}

/// What people call a key; an OpenPGP key goes by its first user id that is more than an address.
pub(super) fn name(root: &Root) -> String {
    if root.name.is_empty() {
        let mut names = root.uids.iter().filter_map(|uid| without_address(uid));
        return names.next().unwrap_or_default().to_owned();
    }
    root.name.clone()
}
