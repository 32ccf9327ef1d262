//! Certificates made for tests and benches: authorities that sign each other and leaves.

use anchorwatch::formats::x509::Certificate;
use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose, SigningKey as _, date_time_ymd,
};

/// A name with a key.
pub(crate) struct Authority {
    name: String,
    key: KeyPair,
}

/// What a certificate says beside names and key.
#[derive(Debug, Clone)]
pub(crate) struct Says {
    pub(crate) ca: bool,
    pub(crate) path_length: Option<u8>,
    pub(crate) purposes: Vec<ExtendedKeyUsagePurpose>,
    pub(crate) extensions: Vec<CustomExtension>,
    /// An e-mail address in the subject.
    pub(crate) mail: Option<String>,
    pub(crate) years: (i32, i32),
    /// Whether it names its issuer's key.
    pub(crate) authority_key_identifier: bool,
    /// Other key uses than the usual ones of its kind.
    pub(crate) usages: Option<Vec<KeyUsagePurpose>>,
}

impl Says {
    pub(crate) fn ca() -> Self {
        Self {
            ca: true,
            path_length: None,
            purposes: vec![],
            extensions: vec![],
            mail: None,
            years: (2020, 2040),
            authority_key_identifier: true,
            usages: None,
        }
    }

    pub(crate) fn leaf() -> Self {
        Self {
            ca: false,
            purposes: vec![ExtendedKeyUsagePurpose::CodeSigning],
            ..Self::ca()
        }
    }
}

impl Authority {
    pub(crate) fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            key: KeyPair::generate().unwrap(),
        }
    }

    /// A certificate for this name and key, signed by `issuer`.
    pub(crate) fn issued_by(&self, issuer: &Self, says: &Says) -> Certificate {
        let issuer_parameters = parameters(&issuer.name, &Says::ca());
        let issuer = Issuer::from_params(&issuer_parameters, &issuer.key);
        let certificate = parameters(&self.name, says)
            .signed_by(&self.key, &issuer)
            .unwrap();
        Certificate::from_der(certificate.der()).unwrap()
    }

    /// The same key under another name.
    #[allow(dead_code, reason = "the bench makes no lists and no second names")]
    pub(crate) fn renamed(&self, name: &str) -> Self {
        Self {
            name: name.to_owned(),
            key: KeyPair::try_from(self.key.serialize_der()).unwrap(),
        }
    }

    #[allow(dead_code, reason = "the bench makes no lists and no second names")]
    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.key.sign(message).unwrap()
    }

    /// A root certificate.
    pub(crate) fn root(&self) -> Certificate {
        self.issued_by(self, &Says::ca())
    }
}

fn parameters(name: &str, says: &Says) -> CertificateParams {
    let mut parameters = CertificateParams::default();
    parameters.distinguished_name = rcgen::DistinguishedName::new();
    parameters
        .distinguished_name
        .push(DnType::OrganizationName, "Example Works");
    parameters.distinguished_name.push(DnType::CommonName, name);
    if let Some(mail) = &says.mail {
        let kind = DnType::CustomDnType(vec![1, 2, 840, 113_549, 1, 9, 1]);
        parameters.distinguished_name.push(kind, mail.as_str());
    }
    parameters.not_before = date_time_ymd(says.years.0, 1, 1);
    parameters.not_after = date_time_ymd(says.years.1, 1, 1);
    parameters.use_authority_key_identifier_extension = says.authority_key_identifier;
    parameters.extended_key_usages.clone_from(&says.purposes);
    parameters.custom_extensions.clone_from(&says.extensions);
    if says.ca {
        parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        parameters.is_ca = IsCa::Ca(match says.path_length {
            None => BasicConstraints::Unconstrained,
            Some(limit) => BasicConstraints::Constrained(limit),
        });
    } else {
        parameters.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    }
    if let Some(usages) = &says.usages {
        parameters.key_usages.clone_from(usages);
    }
    parameters
}

/// A leaf, its intermediate, and the root above.
pub(crate) fn simple() -> (Certificate, Vec<Certificate>, Certificate) {
    let root = Authority::new("Root");
    let intermediate = Authority::new("Intermediate");
    let leaf = Authority::new("Signer").issued_by(&intermediate, &Says::leaf());
    let offered = vec![intermediate.issued_by(&root, &Says::ca())];
    (leaf, offered, root.root())
}

/// Roots of one name: `count` old keys, and the one that issued the leaf.
pub(crate) fn same_name_roots(
    count: usize,
    key_identifiers: bool,
) -> (Certificate, Vec<Certificate>, Certificate) {
    let says = Says {
        authority_key_identifier: key_identifiers,
        ..Says::leaf()
    };
    let right = Authority::new("Root");
    let old = (0..count).map(|_| Authority::new("Root").root()).collect();
    let leaf = Authority::new("Signer").issued_by(&right, &says);
    (leaf, old, right.root())
}

/// CAs that all certify each other, a leaf under the first, and a root of the last.
pub(crate) fn mesh(authorities: usize) -> (Certificate, Vec<Certificate>, Certificate) {
    let cas: Vec<Authority> = (0..authorities)
        .map(|number| Authority::new(&format!("CA {number}")))
        .collect();
    let mut offered = vec![];
    for (subject_number, subject) in cas.iter().enumerate() {
        for (issuer_number, issuer) in cas.iter().enumerate() {
            if subject_number != issuer_number {
                offered.push(subject.issued_by(issuer, &Says::ca()));
            }
        }
    }
    let leaf = Authority::new("Signer").issued_by(&cas[0], &Says::leaf());
    (leaf, offered, cas[authorities - 1].root())
}
