//! Makes trust folders: vendors, roots with timelines, signer rules, rotations.

use std::fs;
use std::path::Path;

use anchorwatch::formats::x509::Certificate;
use anchorwatch::judge::trust::FolderView;
use base64::Engine as _;

/// The files of a folder in the making.
#[derive(Default, Clone)]
pub(crate) struct TrustFolder {
    files: Vec<(String, Vec<u8>)>,
}

impl TrustFolder {
    fn file(mut self, path: String, text: String) -> Self {
        self.files.push((path, text.into_bytes()));
        self
    }

    /// A vendor of this slug, called `<slug> Systems`; `products` is TOML.
    pub(crate) fn vendor(self, slug: &str, products: &str) -> Self {
        let text =
            format!("schema = 1\nslug = \"{slug}\"\nname = \"{slug} Systems\"\n{products}\n");
        self.file(format!("vendors/{slug}/vendor.toml"), text)
    }

    /// A key with its certificates and its timeline (`active 2020-01-01`, with ` seen` behind for an
    /// observed date). `place` is `vendors/<slug>/roots`, `shared/roots` or `shared/tsa`.
    pub(crate) fn root(self, place: &str, certificate: &Certificate, timeline: &[&str]) -> Self {
        let id = certificate.spki_sha256();
        let span = certificate.validity();
        let ski: String = certificate
            .key_identifier()
            .unwrap_or_default()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let name = certificate.subject().common_name().unwrap_or_default();
        let text = format!(
            "kind = \"x509_root\"\nname = \"{name}\"\nspki_sha256 = \"{id}\"\nski = \"{ski}\"\n\
             cert_sha256 = [\"{}\"]\nnot_before = {}\nnot_after = {}\nshared = {}\n{}",
            certificate.sha256(),
            span.not_before.strftime("%F"),
            span.not_after.strftime("%F"),
            place == "shared/roots",
            statuses(timeline)
        );
        let pem = format!(
            "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n",
            base64::engine::general_purpose::STANDARD.encode(certificate.der())
        );
        self.file(format!("{place}/x509-{id}.toml"), text)
            .file(format!("{place}/x509-{id}.pem"), pem)
    }

    /// A vendor's own timeline of a shared key.
    pub(crate) fn link(self, slug: &str, certificate: &Certificate, timeline: &[&str]) -> Self {
        let id = certificate.spki_sha256();
        let text = format!("link = \"shared/roots/x509-{id}\"\n{}", statuses(timeline));
        self.file(format!("vendors/{slug}/roots/x509-{id}.toml"), text)
    }

    /// A rule that pins this leaf below that root; `more` is TOML.
    pub(crate) fn leaf_rule(
        self,
        slug: &str,
        root: &Certificate,
        leaf: &Certificate,
        more: &str,
    ) -> Self {
        let text = format!(
            "kind = \"x509_leaf_pin\"\nroot = \"x509-{}\"\nleaf_spki_sha256 = \"{}\"\n{more}\n",
            root.spki_sha256(),
            leaf.spki_sha256()
        );
        self.file(format!("vendors/{slug}/signers/release.toml"), text)
    }

    /// A recorded rotation from one key to another.
    pub(crate) fn rotation(self, slug: &str, old: &Certificate, new: &Certificate) -> Self {
        let text = format!(
            "id = \"{}-2026-01\"\nkind = \"ca_change\"\nold = [\"x509-{}\"]\nnew = [\"x509-{}\"]\n\
             announced = 2026-08-01\n\n[[evidence]]\ntype = \"change\"\npublished = 2026-08-01\n\
             says = \"made for this test\"\n",
            slug.to_uppercase(),
            old.spki_sha256(),
            new.spki_sha256()
        );
        self.file(
            format!("vendors/{slug}/rotations/2026-08-01-root.toml"),
            text,
        )
    }

    pub(crate) fn files(&self) -> &[(String, Vec<u8>)] {
        &self.files
    }

    pub(crate) fn view(&self) -> FolderView {
        FolderView::from_files(&self.files).unwrap()
    }

    /// Writes the folder below `top`.
    pub(crate) fn write(&self, top: &Path) {
        for (path, bytes) in &self.files {
            let path = top.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
    }
}

fn statuses(timeline: &[&str]) -> String {
    timeline
        .iter()
        .map(|entry| {
            let mut words = entry.split(' ');
            let (status, from) = (words.next().unwrap(), words.next().unwrap());
            let seen = match words.next() {
                Some(_) => "valid_from_is = \"observed\"\n",
                None => "",
            };
            format!(
                "\n[[status]]\nstatus = \"{status}\"\nvalid_from = {from}\n{seen}\
                 recorded = 2026-05-01\nevidence = [\"a test\"]\nsays = \"made for this test\"\n"
            )
        })
        .collect()
}
