//! Every format that is read: its name, how its files are usually called, and its reader. A new format
//! is one module and one line here.
//!
//! Content decides which reader takes a file; a name that says otherwise is told.

use std::path::Path;

use super::beside::Beside;
use super::jobs::SignedList;
use super::nested::Allowance;
use super::read::{ReadError, Reading};
use super::{CheckRequest, apt, archive, deb, image, listed, rpm, signed_inside};
use crate::formats::container::Container;
use crate::formats::source::Source;
use crate::judge::facts::{PackageFacts, PackageFormat};
use crate::judge::report::FormatLine;

/// The name of a clearsigned apt index.
const IN_RELEASE: &str = "InRelease";

/// A file, what lies beside it, and what was asked.
#[derive(Clone, Copy)]
pub(super) struct Candidate<'a> {
    pub(super) source: &'a dyn Source,
    pub(super) name: &'a str,
    /// Where it lies on disk, among its neighbours; `None` for a member of a package.
    pub(super) path: Option<&'a Path>,
    pub(super) beside: &'a Beside<'a>,
    /// Signed lists among its neighbours.
    pub(super) lists: &'a [SignedList],
    pub(super) request: &'a CheckRequest,
}

/// The facts of a file and of what is signed inside it; `None` when it is of another format.
type Reader = fn(&Candidate<'_>, &mut Allowance) -> Result<Option<Reading>, ReadError>;

/// One format, for the readers and for people.
pub(super) struct Known {
    /// As `formats` tells it.
    pub(super) name: &'static str,
    /// What signs it.
    pub(super) signatures: &'static str,
    /// Endings, lower case, of files that must be of this format.
    pub(super) endings: &'static [&'static str],
    /// The formats that such a file may turn out to have.
    pub(super) formats: &'static [PackageFormat],
    pub(super) read: Reader,
}

/// In the order in which they are tried.
pub(super) const KNOWN: &[Known] = &[
    Known {
        name: "Windows image (PE, EFI)",
        signatures: "Authenticode: dual and nested signatures, timestamps",
        endings: &["exe", "dll", "sys", "efi", "ocx", "cpl", "scr"],
        formats: &[PackageFormat::Pe],
        read: |file, _| plain(image::read(file)),
    },
    Known {
        name: "RPM package, version 4 and 6",
        signatures: "OpenPGP: header, header and payload, several",
        endings: &["rpm"],
        formats: &[PackageFormat::Rpm],
        read: |file, _| plain(rpm::read(file)),
    },
    Known {
        name: "Debian binary package",
        signatures: "OpenPGP: _gpgorigin and its kin",
        endings: &["deb", "udeb"],
        formats: &[PackageFormat::Deb],
        read: |file, _| plain(deb::read(file)),
    },
    Known {
        name: "clearsigned text: InRelease, .dsc, checksum lists",
        signatures: "OpenPGP cleartext, several signers, Valid-Until",
        endings: &["dsc"],
        formats: &[PackageFormat::SourceControl],
        read: |file, _| plain(apt::read_cleartext(file)),
    },
    Known {
        name: "apt Release",
        signatures: "OpenPGP: Release.gpg beside it, Valid-Until",
        endings: &[],
        formats: &[PackageFormat::AptRelease],
        read: |file, _| plain(apt::read_release(file)),
    },
    Known {
        name: "signify list or gzip",
        signatures: "signify, inside the file",
        endings: &[],
        formats: &[PackageFormat::File, PackageFormat::Tar],
        read: |file, _| plain(signed_inside::read(file)),
    },
    Known {
        name: "zip with a signed manifest or signed members",
        signatures: "CMS, raw keys, OpenPGP, minisign, signify, SSHSIG",
        endings: &["zip"],
        formats: &[PackageFormat::Zip],
        read: container,
    },
    Known {
        name: "tar (gz, xz, zst) with a signed manifest or signed members",
        signatures: "CMS, raw keys, OpenPGP, minisign, signify, SSHSIG",
        endings: &["tar", "tgz", "txz", "tzst"],
        formats: &[PackageFormat::Tar],
        read: |_, _| Ok(None),
    },
];

/// A format that holds nothing signed of its own.
fn plain(read: Result<Option<PackageFacts>, ReadError>) -> Result<Option<Reading>, ReadError> {
    Ok(read?.map(Reading::from))
}

fn container(
    file: &Candidate<'_>,
    allowance: &mut Allowance,
) -> Result<Option<Reading>, ReadError> {
    let Some(container) = Container::open(file.source)? else {
        return Ok(None);
    };
    let listed = if file.beside.is_empty() {
        listed::read(file, archive::format(&container))?
    } else {
        None
    };
    let inside = archive::read_archive(file, &container, allowance);
    let Some(facts) = listed else {
        return inside.map(Some);
    };
    // The list covers all bytes, however odd they are; what is signed inside is still judged.
    let children = inside.map_or_else(|_| vec![], |inside| inside.children);
    Ok(Some(Reading { facts, children }))
}

/// The format that a file's name promises: its ending, and what of that ending is allowed.
pub(super) fn promised(name: &str) -> Option<(&'static str, &'static [PackageFormat])> {
    // apt keeps indices under the whole address.
    if name == IN_RELEASE || name.ends_with("_InRelease") {
        return Some((
            IN_RELEASE,
            &[PackageFormat::AptRelease, PackageFormat::Cleartext],
        ));
    }
    let ending = name.rsplit_once('.')?.1.to_lowercase();
    KNOWN.iter().find_map(|known| {
        let ending = known.endings.iter().find(|known| **known == ending)?;
        Some((*ending, known.formats))
    })
}

/// The length of a source, as far as memory can hold it.
pub(super) fn size_of(source: &dyn Source) -> usize {
    usize::try_from(source.size()).unwrap_or(usize::MAX)
}

/// Every format that is judged, for people.
pub fn judged_formats() -> impl Iterator<Item = FormatLine> {
    let whole = FormatLine {
        name: "any other file",
        signatures: Some(
            "a signature beside it: CMS, raw, OpenPGP, minisign, signify, SSHSIG; or a signed list",
        ),
        endings: &[],
    };
    let known = KNOWN.iter().map(|known| FormatLine {
        name: known.name,
        signatures: Some(known.signatures),
        endings: known.endings,
    });
    known.chain(std::iter::once(whole))
}
