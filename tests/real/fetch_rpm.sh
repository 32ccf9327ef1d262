#!/bin/bash
# Fetches RPM packages that rpm itself built and signed, version 4 and 6, with the keys that signed them.
#
#   tests/real/fetch_rpm.sh
#
# They are the test data of the crate `rpm` (MIT OR Apache-2.0), had through cargo; nothing of the crate
# is built. They come to `rpm/` in $ANCHORWATCH_REAL, else target/real. The last line is FETCHED n/n.
set -euo pipefail
cd "$(dirname "$0")/../.."
version=0.30.2
count=34
cache=${ANCHORWATCH_REAL:-target/real}/rpm
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/src"
touch "$work/src/lib.rs"
cat >"$work/Cargo.toml" <<END
[package]
name = "fetch"
version = "0.0.0"
edition = "2021"
[workspace]
[dependencies]
rpm = { version = "=$version", default-features = false }
END
(cd "$work" && cargo vendor --quiet vendor >/dev/null)
mkdir -p "$cache"
cp -r "$work"/vendor/rpm/tests/assets/{RPMS,SRPMS,signing_keys} "$cache/"
find "$cache" -name '*.secret' -delete
found=$(find "$cache" -name '*.rpm' | wc -l)
echo "FETCHED $found/$count"
[ "$found" -eq "$count" ]
