#!/usr/bin/env bash
# Really signed OpenPGP files and RPM packages against the release binary, gpgv, sqv and rpmkeys.
#
#   tests/real/openpgp.sh        needs python3, and one of gpgv, sqv, rpmkeys; Debian's mirror for the files
#
# 1. `fetch.py` gets the listed `inrelease`, `dsc` and `openpgp` files into `openpgp/` of $ANCHORWATCH_REAL,
#    else of target/real, and `fetch_rpm.sh` the packages beside it. Repositories move on: what the mirror
#    no longer holds is counted, and no failure. What was fetched once stays.
# 2. `openpgp.py` holds the answers on them, and on this machine's own InRelease files, against the peers'.
#
# The last line is `OPENPGP n/N`. Fails when an answer differs from a peer's and no row of
# `explained_openpgp.jsonl` says why. Under CI, root installs by apt what is missing.
set -uo pipefail
cd "$(dirname "$0")/../.."
target="${CARGO_TARGET_DIR:-target}"
real="${ANCHORWATCH_REAL:-target/real}"
optional="${ANCHORWATCH_REAL_OPTIONAL:-0}"
# Seconds that the net may take; a slow mirror must not hold up everything.
patience=400

say() { printf 'openpgp: %s\n' "$*"; }

nothing() {
  say "$1"
  echo "OPENPGP 0/0 (nothing to judge)"
  [ "$optional" = 1 ] && exit 0
  say "set ANCHORWATCH_REAL_OPTIONAL=1 to go on without real files"
  exit 1
}

lacking=()
for pair in python3:python3 gpgv:gpgv sqv:sqv rpmkeys:rpm; do
  command -v "${pair%%:*}" >/dev/null || lacking+=("${pair##*:}")
done
if [ "${#lacking[@]}" -gt 0 ] && [ -n "${CI:-}" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  say "installing ${lacking[*]}"
  apt-get update -qq
  # One by one: sqv is not in every release.
  for package in "${lacking[@]}"; do
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package" \
      >/dev/null 2>&1 || say "apt has no $package"
  done
fi
command -v python3 >/dev/null || nothing "python3 is not installed; on Debian: apt-get install python3"
command -v gpgv >/dev/null || command -v sqv >/dev/null || command -v rpmkeys >/dev/null ||
  nothing "no peer is installed; on Debian: apt-get install gpgv sqv rpm"

if command -v apt-get >/dev/null; then
  timeout "$patience" python3 tests/real/fetch.py --format inrelease,dsc,openpgp \
    --cache "$real/openpgp" | sed 's/^/openpgp: /' || say "not all files were to be had"
else
  say "without apt-get, InRelease, .dsc and detached signatures cannot be fetched"
fi
if [ "$(find "$real/rpm" -name '*.rpm' 2>/dev/null | wc -l)" -eq 0 ]; then
  timeout "$patience" bash tests/real/fetch_rpm.sh | sed 's/^/openpgp: RPM /' ||
    say "the RPM packages were not to be had"
fi

cargo build --release --locked --quiet --bin anchorwatch || exit 1
python3 tests/real/openpgp.py --binary "$target/release/anchorwatch" \
  --cache "$real/openpgp" --rpms "$real/rpm"
code=$?
[ "$code" -eq 2 ] && nothing "no file was to be had"
exit "$code"
