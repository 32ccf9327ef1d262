//! What mends each way in which a path can break, by the check's code.

/// What a person can have done about it; `None` for a code that is no check of a path.
#[must_use]
pub fn path_check_mend(code: &str) -> Option<&'static str> {
    Some(match code {
        "not-yet-valid" => "check the clock of this machine, or --at",
        "expired" => "ask the vendor for a release with a timestamp, or one signed anew",
        "signature-mismatch" | "issuer-name" => {
            "ask the vendor for the certificate of the key that really signed this one"
        }
        "signature-unchecked" => "ask the vendor for a chain with a usual key and algorithm",
        "weak-signature" => "ask the vendor for a chain with SHA-256 and keys of 2048 bits or more",
        "issuer-missing" => {
            "ask the vendor, by a phone number you already had, for this issuer's fingerprint"
        }
        "issuer-circular" => "ask the vendor which root these authorities belong to",
        "basic-constraints-missing" | "not-a-ca" | "version" | "key-usage" | "path-length" => {
            "do not install it: a key that may not issue certificates issued one; call the vendor"
        }
        "purpose" | "time-stamping-not-exclusive" => {
            "do not install it: the certificate is for another use; ask the vendor how this was signed"
        }
        "name-not-permitted" | "name-excluded" | "name-malformed" | "name-form-unprocessed" => {
            "do not install it: its authority may not issue for this name; call the vendor"
        }
        "policy-missing" | "policy-mapping-of-any" => {
            "ask the vendor for a chain whose certificates name the policy that its authority requires"
        }
        "unknown-critical-extension" => {
            "ask the vendor what the extension means; until it is known, nothing can be said"
        }
        "malformed-extension"
        | "algorithms-disagree"
        | "empty-issuer"
        | "key-usage-missing"
        | "name-constraints-not-critical"
        | "name-constraints-on-leaf"
        | "version-for-extensions"
        | "serial-too-long"
        | "serial-not-positive"
        | "empty-subject"
        | "no-name"
        | "authority-key-identifier-missing"
        | "subject-key-identifier-missing"
        | "extension-critical"
        | "extension-not-critical"
        | "policy-twice"
        | "key-usage-without-ca"
        | "path-length-without-ca"
        | "name-syntax" => {
            "ask the vendor's authority to issue the certificate anew as RFC 5280 demands"
        }
        _ => return None,
    })
}
