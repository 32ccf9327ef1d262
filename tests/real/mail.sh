#!/usr/bin/env bash
# Mail to aiosmtpd on loopback. Needs python3 and pip; says what it skips.
# usage: tests/real/mail.sh [ANCHORWATCH] [HOW_MANY]
set -euo pipefail
cd "$(dirname "$0")/../.."
program=${1:-target/release/anchorwatch}
wanted=${2:-200}
if ! command -v python3 >/dev/null; then
  echo "skipped: there is no python3"
  exit 0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/python" >/dev/null
if ! "$work/python/bin/pip" install --quiet "aiosmtpd==1.4.6" 2>"$work/pip.log"; then
  echo "skipped: aiosmtpd cannot be had"
  exit 0
fi
"$work/python/bin/python" tests/real/mail.py "$program" "$wanted"
