//! Two keys of one vendor, and what the old one says of the new one.

use std::path::Path;

use anchorwatch::formats::openpgp::OpenPgpCertificate;
use anchorwatch::judge::trust::FolderView;
use anchorwatch::service::check::CheckRequest;
use sequoia_openpgp::cert::prelude::*;
use sequoia_openpgp::packet::prelude::*;
use sequoia_openpgp::types::{ReasonForRevocation, SignatureType};

use super::checked::{key, request, view, write};
use super::fixtures::*;

pub(crate) struct Keys {
    old: Cert,
    new: Cert,
    stranger: Cert,
    short_lived: Cert,
}

impl Keys {
    pub(crate) fn new() -> Self {
        Self {
            old: with_subkey("2019-01-01"),
            new: with_subkey("2026-01-01"),
            stranger: with_subkey("2019-01-01"),
            short_lived: expiring("2019-01-01", 2600),
        }
    }

    pub(crate) fn view(&self, status: &str) -> FolderView {
        self.view_of(&self.old, status)
    }

    pub(crate) fn view_of(&self, old: &Cert, status: &str) -> FolderView {
        let mut recorded = key("acme", old);
        recorded.status = status;
        view(&[recorded])
    }

    pub(crate) fn uncertified(&self) -> OpenPgpCertificate {
        read(&public(&self.new))
    }

    pub(crate) fn certified(&self, on: &str) -> OpenPgpCertificate {
        read(&public(&self.certify(&self.old, on)))
    }

    pub(crate) fn certified_by_stranger(&self, on: &str) -> OpenPgpCertificate {
        read(&public(&self.certify(&self.stranger, on)))
    }

    fn certify(&self, maker: &Cert, on: &str) -> Cert {
        let user = self.new.userids().next().unwrap().userid().clone();
        let certification = SignatureBuilder::new(SignatureType::PositiveCertification)
            .set_signature_creation_time(system(day(on)))
            .unwrap()
            .sign_userid_binding(&mut primary(maker), self.new.primary_key().key(), &user)
            .unwrap();
        let packets = vec![Packet::from(user), Packet::from(certification)];
        self.new.clone().insert_packets(packets).unwrap().0
    }

    /// Certified, and the certification revoked by its maker.
    pub(crate) fn taken_back(&self, on: &str, back: &str) -> OpenPgpCertificate {
        let cert = self.certify(&self.old, on);
        let user = cert.userids().next().unwrap().userid().clone();
        let revocation = SignatureBuilder::new(SignatureType::CertificationRevocation)
            .set_signature_creation_time(system(day(back)))
            .unwrap()
            .set_reason_for_revocation(ReasonForRevocation::Unspecified, b"a mistake")
            .unwrap()
            .sign_userid_binding(&mut primary(&self.old), cert.primary_key().key(), &user)
            .unwrap();
        let packets = vec![Packet::from(user), Packet::from(revocation)];
        read(&public(&cert.insert_packets(packets).unwrap().0))
    }

    pub(crate) fn with_user_id_revoked(&self, on: &str) -> OpenPgpCertificate {
        let cert = self.certify(&self.old, on);
        let user = cert.userids().next().unwrap().userid().clone();
        let revocation = UserIDRevocationBuilder::new()
            .set_signature_creation_time(system(day(on)))
            .unwrap()
            .set_reason_for_revocation(ReasonForRevocation::UIDRetired, b"")
            .unwrap()
            .build(&mut primary(&self.new), &cert, &user, None)
            .unwrap();
        let packets = vec![Packet::from(user), Packet::from(revocation)];
        read(&public(&cert.insert_packets(packets).unwrap().0))
    }

    // The vendor's copy says so, and the one that came along does not.
    pub(crate) fn old_revoked(&self, hard: bool) -> Cert {
        let reason = if hard {
            ReasonForRevocation::KeyCompromised
        } else {
            ReasonForRevocation::KeyRetired
        };
        let revocation = CertRevocationBuilder::new()
            .set_signature_creation_time(system(day("2026-08-01")))
            .unwrap()
            .set_reason_for_revocation(reason, b"")
            .unwrap()
            .build(&mut primary(&self.old), &self.old, None)
            .unwrap();
        self.old.clone().insert_packets(revocation).unwrap().0
    }

    /// A key that ran out on 2026-02-13, before anybody saw what it certified.
    pub(crate) fn short_lived(&self) -> &Cert {
        &self.short_lived
    }

    pub(crate) fn certified_by_short_lived(&self, on: &str) -> OpenPgpCertificate {
        read(&public(&self.certify(&self.short_lived, on)))
    }

    /// A file with a signature of the new key beside it, and the certified key.
    pub(crate) fn package(&self, on: &str) -> (tempfile::TempDir, CheckRequest) {
        let cert = self.certify(&self.old, on);
        let signature = sign(&cert, b"a release", "2026-05-01");
        let (folder, path) = write(&[
            ("release.tar.zst.bin", b"a release".as_slice()),
            ("release.tar.zst.bin.sig", signature.as_slice()),
            ("release.asc", public(&cert).as_slice()),
        ]);
        let request = CheckRequest {
            keys: vec![folder.path().join("release.asc")],
            ..request(&path)
        };
        (folder, request)
    }

    /// These keys are new every time.
    pub(crate) fn without_own_ids(&self, text: &str, folder: &Path) -> String {
        let mut text = text.replace(&format!("{}/", folder.display()), "");
        for (cert, name) in [(&self.old, "OLD"), (&self.new, "NEW")] {
            for held in cert.keys() {
                let id = held.key().fingerprint().to_hex();
                let key_id = id.get(24..).unwrap_or_default().to_owned();
                let read_out = anchorwatch::render::in_groups_of_four(&id);
                let spoken = format!("{name} in groups of four");
                text = text.replace(&read_out, &spoken);
                text = text.replace(&id, name).replace(&key_id, name);
            }
        }
        text
    }
}
