//! The table of limits on everything that comes from outside.
//!
//! Past a limit the answer is `unjudged` with the limit's name, never a guess.

/// The largest signature object (CMS, certificate table entry) that is read and stored, in bytes.
pub const SIGNATURE_OBJECT: usize = 1 << 20;
/// The largest single certificate, in bytes.
pub const CERTIFICATE: usize = 64 << 10;
/// How many certificates one bundle or signature may offer.
pub const CERTIFICATES: usize = 128;
/// How many certificates a file of anchors may hold.
pub const ANCHORS: usize = 20_000;
/// The deepest nesting of DER values.
pub const DER_DEPTH: usize = 32;
/// How many SignerInfos one CMS may hold.
pub const SIGNERS: usize = 16;
/// How many signatures may be nested below one Authenticode signature.
pub const NESTED_SIGNATURES: usize = 16;
/// The largest manifest, in bytes.
pub const MANIFEST: usize = 64 << 20;
/// How many files a container or a manifest may name.
pub const ENTRIES: usize = 200_000;
/// The longest name of an entry, in bytes.
pub const NAME: usize = 4096;
/// How deep the folders of a container may nest.
pub const PATH_DEPTH: usize = 64;
/// The largest content that a container may unfold to, in bytes.
pub const UNPACKED: u64 = 64 << 30;
/// The highest ratio of unfolded to packed bytes, once `RATIO_FLOOR` bytes have come out.
pub const RATIO: u64 = 1100;
/// Below this size a ratio says nothing.
pub const RATIO_FLOOR: u64 = 16 << 20;
/// The largest message that a signature scheme without prehash (Ed25519) is checked over, in bytes.
pub const WHOLE_MESSAGE: u64 = 32 << 20;
/// How much of a script or a text file is read for findings, in bytes.
pub const SCRIPT: usize = 256 << 10;
/// How many signature checks one search for certification paths may spend; a DSA check counts for
/// many.
pub const PATH_SIGNATURE_CHECKS: u32 = 512;
/// How many candidates and branches one search for certification paths may look at.
pub const PATH_STEPS: u32 = 20_000;
/// How many complete paths, and how many near ones, one search tells.
pub const PATHS: usize = 8;
/// How many failures one search for certification paths keeps.
pub const PATH_FAILURES: usize = 256;
/// How many signature checks are remembered across searches.
pub const REMEMBERED_CHECKS: usize = 65_536;
/// How many searches for certification paths a view remembers.
pub const REMEMBERED_WALKS: usize = 16_384;
/// How many answers of the store a view remembers, of each kind.
pub const REMEMBERED_ANSWERS: usize = 65_536;
/// How many files a trust folder may hold.
pub const TRUST_FILES: usize = 100_000;
/// The largest single file of a trust folder, in bytes.
pub const TRUST_FILE: usize = 1 << 20;
/// How many attributes one SignerInfo may carry, signed or unsigned.
pub const ATTRIBUTES: usize = 64;
/// How many timestamps of one signature are read.
pub const TIMESTAMPS: usize = 16;
/// The longest name or address that is kept from a signature's own description, in characters.
pub const DESCRIPTION: usize = 512;
/// How many certificates with one name and serial, or one key id, are tried for one signer.
pub const SIGNER_CANDIDATES: usize = 8;
/// How many bytes the names of a container may take together.
pub const NAMES: usize = 24 << 20;
/// How much a decoder of xz may hold, in bytes. `xz -9` needs 65 MiB.
pub const XZ_MEMORY: u64 = 80 << 20;
/// The largest window of a zstd stream, as a power of two; 27 is what `zstd -d` accepts.
pub const ZSTD_WINDOW: u32 = 27;
/// The largest extended header of a tar member, in bytes.
pub const EXTENDED_HEADER: usize = 64 << 10;
/// How many bytes of small members (manifests, signatures, scripts) are held from one container.
pub const KEPT: usize = 80 << 20;
/// How many values one JSON manifest may have.
pub const JSON_VALUES: usize = 2_000_000;
/// How many sections a PE image may have; the Windows loader stops at 96.
pub const PE_SECTIONS: u16 = 1024;
/// How many entries the certificate table of a PE image may have.
pub const PE_CERTIFICATES: usize = 16;
/// The largest file that is looked at for certificates alone, in bytes.
pub const ANCHOR_FILE: usize = 16 << 20;
/// The largest file that holds nothing but one raw signature, in any encoding, in bytes.
pub const RAW_SIGNATURE: usize = 16 << 10;
/// How many signatures the members of one container may be.
pub const PACKAGE_SIGNATURES: usize = 256;
/// How many pairs of signature and key are tried in one package.
pub const KEY_TRIALS: usize = 4096;
/// How many bytes the certificates and keys beside the signatures of one package may take together.
pub const KEYS: usize = 256 << 10;
/// The largest member with a signature of its own that is held, in bytes: the sets of CMS attributes
/// that vendors sign are far smaller.
pub const COVERED_MEMBER: usize = 128 << 10;
/// How many files of a package may look like its manifest, and how many candidates are told.
pub const CANDIDATES: usize = 32;
/// How many faults of one container are told one by one.
pub const FAULTS_TOLD: usize = 64;
/// The longest comment line of a raw key or signature, in bytes.
pub const COMMENT: usize = 1024;
/// The longest trusted comment of a minisign signature, in bytes.
pub const TRUSTED_COMMENT: usize = 8192;
/// The largest file of raw public keys, in bytes.
pub const PUBLIC_KEYS: usize = 256 << 10;
/// How often one search for certification paths may hold a name against a name constraint.
pub const NAME_COMPARISONS: usize = 250_000;
/// How many policies one search for certification paths follows down its paths.
pub const POLICY_STEPS: usize = 250_000;
/// How many times one search for certification paths looks for a way around name constraints.
pub const PATH_DETOURS: usize = 64;
/// How many entries one header of an RPM package may have; RPM itself reads no more.
pub const RPM_ENTRIES: u32 = 0xffff;
/// The largest data of one header of an RPM package, in bytes. A package of 200,000 files
/// needs about half of it.
pub const RPM_HEADER: u32 = 64 << 20;
/// How many signatures an RPM package may carry in its array of OpenPGP signatures.
pub const RPM_SIGNATURES: usize = 64;
/// The largest text that one clearsigned document may hold, in bytes.
pub const CLEARTEXT: usize = 64 << 20;
/// The longest line of a clearsigned document, in bytes; GnuPG cuts lines at 19,995.
pub const CLEARTEXT_LINE: usize = 16 << 10;
/// How many ways of hashing one document its OpenPGP signatures may ask for: each salt is one.
pub const OPENPGP_HASHES: usize = 16;
/// How many OpenPGP signatures one file may hold.
pub const OPENPGP_SIGNATURES: usize = 64;
/// The largest single OpenPGP signature packet, in bytes; SLH-DSA ones have 50 KB.
pub const OPENPGP_SIGNATURE: usize = 128 << 10;
/// The largest OpenPGP certificate, in bytes, with the certifications of others.
pub const OPENPGP_CERTIFICATE: usize = 4 << 20;
/// The largest file of OpenPGP certificates, in bytes.
pub const OPENPGP_KEYRING: usize = 64 << 20;
/// How many subkeys one OpenPGP certificate may have.
pub const OPENPGP_SUBKEYS: usize = 256;
/// The largest RSA modulus or DSA prime of an OpenPGP key that is computed with, in bits.
pub const OPENPGP_KEY_BITS: usize = 4096;
/// How many user ids of a certificate are looked at for what others certified.
pub const OPENPGP_USER_IDS: usize = 64;
/// How many certifications by others are looked at, of one user id and in all.
pub const OPENPGP_CERTIFICATIONS: usize = 64;
/// Certificates of one signature in which a proof of continuity is looked for.
pub const CONTINUITY_CANDIDATES: usize = 16;
/// The largest list of checksums beside loose downloads, in bytes.
pub const LIST: usize = 4 << 20;
/// How deep signed things inside packages are followed.
pub const NESTED_DEPTH: usize = 3;
/// The largest member that is held to be judged by itself, in bytes.
pub const NESTED_MEMBER: usize = 32 << 20;
/// How many members of one package are judged by themselves.
pub const NESTED_MEMBERS: usize = 256;
/// How many bytes of one package are read again for that.
pub const NESTED_BYTES: usize = 256 << 20;
/// How many lines of headers an armour may have.
pub const ARMOUR_HEADERS: usize = 64;
/// How many fields one paragraph of Debian control data may have.
pub const DEB822_FIELDS: usize = 1024;
/// How many members a Debian `ar` archive may have.
pub const AR_MEMBERS: usize = 128;
/// The longest post that is read, in bytes; what is behind that is left out, and said to be.
pub const POST: usize = 2 << 20;
/// How many identity tokens of one post are kept.
pub const POST_TOKENS: usize = 10_000;
/// The deepest nesting of JSON values in what vendors publish.
pub const JSON_DEPTH: usize = 100;
/// The largest CSAF document, in bytes; the largest that vendors publish have some 40 MB.
pub const CSAF_DOCUMENT: usize = 50 << 20;
/// The largest metadata of a CSAF provider, in bytes.
pub const CSAF_METADATA: usize = 1 << 20;
/// How many keys the metadata of a CSAF provider may list.
pub const CSAF_KEYS: usize = 256;
/// How many feeds and folders the metadata of a CSAF provider may list.
pub const CSAF_FEEDS: usize = 256;
/// The largest list of a CSAF provider (`index.txt`, `changes.csv`, a ROLIE feed), in bytes.
pub const CSAF_INDEX: usize = 50 << 20;
/// How many documents one list of a CSAF provider may name.
pub const CSAF_ENTRIES: usize = 1_000_000;
/// How many failures of one test are told about one CSAF document.
pub const CSAF_FAILURES: usize = 32;
/// How many characters of one value of a CSAF document a message quotes.
pub const CSAF_QUOTED: usize = 80;
/// How many products one test may look at through groups in one CSAF document.
pub const CSAF_STEPS: usize = 500_000;
/// The largest file of a root programme, in bytes; `certdata.txt` has 1.5 MB, CCADB's reports with
/// certificates some 30 MB.
pub const PROGRAMME_FILE: usize = 64 << 20;
/// The largest root metadata of a TUF repository, in bytes.
pub const TUF_ROOT: usize = 1 << 20;
/// How many columns a row of a CSV file may have.
pub const CSV_COLUMNS: usize = 256;
/// The largest feed, in bytes, packed or not, and once more as text.
pub const FEED: usize = 8 << 20;
/// How many elements of a feed are read.
pub const FEED_ELEMENTS: usize = 200_000;
/// How many entries of a feed are read.
pub const FEED_ENTRIES: usize = 10_000;
/// How deep the elements of a feed may nest; what lies deeper counts as its parent's text.
pub const FEED_DEPTH: usize = 128;
/// How many entities a feed may declare itself.
pub const FEED_ENTITIES: usize = 512;
/// What a feed's own entities may unfold to altogether, in bytes.
pub const FEED_ENTITY_TEXT: usize = 1 << 20;
/// The longest identifier or address of an entry that is kept as it stands, in bytes.
pub const FEED_ADDRESS: usize = 4096;
/// How many links and persons one entry may have.
pub const FEED_LINKS: usize = 64;
/// The largest body that is fetched, as it comes over the wire, in bytes.
pub const WIRE_BODY: usize = 10 << 20;
/// The largest body that is fetched, unpacked, in bytes.
pub const DECODED_BODY: usize = 50 << 20;
/// The highest ratio of unpacked to packed bytes of a body, once `BODY_RATIO_FLOOR` bytes have come
/// out.
pub const BODY_RATIO: usize = 200;
/// Below this size the ratio of a body says nothing, in bytes.
pub const BODY_RATIO_FLOOR: usize = 1 << 20;
/// How many codings one body may be wrapped in.
pub const CODINGS: usize = 3;
/// How many redirects one question follows.
pub const REDIRECTS: usize = 5;
/// The longest address that is asked, in bytes.
pub const URL: usize = 4096;
/// The longest value of a header that is kept, in bytes.
pub const HEADER: usize = 1024;
/// The longest address of a post, in bytes.
pub const POST_ADDRESS: usize = 4096;
/// The longest line of a file of archived posts, in bytes.
pub const POST_LINE: usize = 8 << 20;
/// The largest mailbox, in bytes.
pub const MAILBOX: usize = 256 << 20;
/// The largest watched page, or article behind a summary, in bytes.
pub const WATCHED_PAGE: usize = 4 << 20;
/// The largest key or certificate file that is fetched, in bytes.
pub const KEY_FILE: usize = 4 << 20;
/// The largest revocation list, in bytes; the largest that public authorities publish have some 30 MB.
pub const REVOCATION_LIST: usize = 64 << 20;
/// How many certificates one revocation list may name.
pub const REVOCATION_ENTRIES: usize = 2_000_000;
/// How many revocation lists one run may be given.
pub const REVOCATION_LISTS: usize = 256;
/// How many revocation lists are held against one certificate.
pub const REVOCATION_CANDIDATES: usize = 32;
