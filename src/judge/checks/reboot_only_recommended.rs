//! `reboot-only-recommended`: the manifest leaves the reboot to the reader's taste, though the package
//! replaces parts that keep running until one.
//!
//! Kernels, drivers, firmware and services that were replaced on disk run on in their old version;
//! a machine that was "upgraded" and not restarted still has the hole that the upgrade closes.

use crate::domain::{Finding, FindingKind};
use crate::formats::manifest::Declared;

/// What vendors say instead of "required".
const SOFT_WORDS: [&str; 7] = [
    "recommend",
    "optional",
    "suggest",
    "advis",
    "if possible",
    "should",
    "may ",
];
/// Endings of parts that run until a restart.
const ENDINGS: [&str; 14] = [
    ".sys", ".ko", ".ko.xz", ".ko.gz", ".ko.zst", ".efi", ".cap", ".fw", ".rom", ".dtb", ".inf",
    ".service", ".kext", ".drv",
];
/// Beginnings of file names that do.
const BEGINNINGS: [&str; 9] = [
    "vmlinu",
    "bzimage",
    "zimage",
    "uimage",
    "initrd",
    "initramfs",
    "u-boot",
    "ntoskrnl",
    "grub",
];
/// Folders whose files do.
const FOLDERS: [&str; 7] = [
    "firmware",
    "drivers",
    "driver",
    "kernel",
    "boot",
    "bios",
    "microcode",
];

/// A finding at `place` (the manifest's path) when the reboot is only recommended and one of the
/// `paths` needs it.
#[must_use]
pub fn check<'a>(
    declared: &Declared,
    paths: impl IntoIterator<Item = &'a str>,
    place: &str,
) -> Option<Finding> {
    let said = declared.reboot.as_deref()?.to_lowercase();
    if said.contains("required") && !said.contains("not required") || said.contains("must") {
        return None;
    }
    SOFT_WORDS.iter().find(|word| said.contains(**word))?;
    let replaces = paths.into_iter().find(|path| runs_until_reboot(path))?;
    let kind = FindingKind::RebootOnlyRecommended {
        replaces: replaces.to_owned(),
    };
    Some(Finding::new(kind, place))
}

fn runs_until_reboot(path: &str) -> bool {
    let path = path.to_lowercase();
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", &path));
    let documentation = [".txt", ".md", ".html", ".pdf", ".json"]
        .iter()
        .any(|ending| name.ends_with(ending));
    !documentation
        && (ENDINGS.iter().any(|ending| name.ends_with(ending))
            || BEGINNINGS
                .iter()
                .any(|beginning| name.starts_with(beginning))
            || name.contains("firmware")
            || folders.split('/').any(|folder| FOLDERS.contains(&folder)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_soft_word_and_a_running_part_make_the_finding() {
        let cases = [
            (Some("recommended"), "drivers/nic.sys", true),
            (Some("Optional"), "lib/modules/a.ko.xz", true),
            (Some("should be done"), "boot/vmlinuz-6.1", true),
            (Some("recommended"), "etc/systemd/agent.service", true),
            (Some("recommended"), "bios-firmware.bin", true),
            (Some("recommended"), "bin/tool", false),
            (Some("recommended"), "drivers/readme.txt", false),
            (Some("required"), "drivers/nic.sys", false),
            (
                Some("recommended, required for drivers"),
                "drivers/nic.sys",
                false,
            ),
            (Some("not required"), "drivers/nic.sys", false),
            (None, "drivers/nic.sys", false),
        ];
        for (reboot, path, expected) in cases {
            let declared = Declared {
                reboot: reboot.map(str::to_owned),
                ..Declared::default()
            };
            let found = check(&declared, ["readme.txt", path], "manifest.json");
            assert_eq!(found.is_some(), expected, "{reboot:?} {path}");
        }
    }
}
