#!/bin/bash
# CPU time (user + system) of judging apt's InRelease files, against gpgv: as one of 20 files that one process
# judges (the figure that is held), and alone. gpgv takes one file a process.
#
#   benches/inrelease_vs_gpgv.sh [RUNS]          default 20
#
# The files are this machine's own in /var/lib/apt/lists and those that tests/real/openpgp.sh fetched (in
# $ANCHORWATCH_REAL, else target/real); the keys are Debian's archive keyring, for both. Files of others than
# Debian are left out. Needs gpgv. Builds the release binary first, unless ANCHORWATCH_BINARY names one.
set -euo pipefail
cd "$(dirname "$0")/.."
binary=${ANCHORWATCH_BINARY:-}
if [ -z "$binary" ]; then
    cargo build --release --locked --quiet --bin anchorwatch
    binary=${CARGO_TARGET_DIR:-target}/release/anchorwatch
fi
command -v gpgv >/dev/null || { echo "gpgv is not installed"; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 - "${1:-20}" "$binary" "$work" "${ANCHORWATCH_REAL:-target/real}" <<'PYTHON'
import json, pathlib, resource, shutil, statistics, subprocess, sys

runs, product, work, real = int(sys.argv[1]), *map(pathlib.Path, sys.argv[2:5])
keyring = pathlib.Path("/usr/share/keyrings/debian-archive-keyring.gpg")
COPIES = 20


def cpu(command):
    """Seconds of CPU that one run takes, and what it printed; a failure of the program ends all."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([str(part) for part in command], capture_output=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    # 12 is an answer: refused. Who asks looks at the answers.
    if done.returncode not in (0, 12):
        said = (done.stdout + done.stderr).decode(errors="replace")[-500:]
        sys.exit(f"{command[0]} ended with {done.returncode}: {said}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.stdout


found = sorted(pathlib.Path("/var/lib/apt/lists").glob("*_debian*InRelease"))
found += sorted((real / "openpgp" / "files").glob("*InRelease"))
files = list({path.read_bytes(): path for path in found}.values())
if not files:
    sys.exit("no InRelease file at hand; run apt-get update, or tests/real/openpgp.sh")
check = [product, "check", "--no-store", "--anchors", keyring]
peer = ["gpgv", "--homedir", work, "--status-fd", "1", "--keyring", keyring]
missed = 0
for number, path in enumerate(files):
    # Both must have found the same signatures good, or the comparison is worth nothing.
    package = json.loads(cpu([*check, "--format", "json", "--", path])[1])["packages"][0]
    good = sum(signature["crypto"] == "good" for signature in package["signatures"])
    theirs = cpu([*peer, path])[1].count(b" VALIDSIG ")
    # An index whose Valid-Until is past is refused, which gpgv does not look at.
    if any(finding["code"] == "release-stale" for finding in package["findings"]):
        print(f"{path.name} has run out; left out")
        continue
    if package["verdict"] != "anchored" or good != theirs or not good:
        sys.exit(f"{path.name}: anchorwatch {package['verdict']}, {good} good; gpgv {theirs} good")
    copies = [work / f"{number}-{copy}_InRelease" for copy in range(COPIES)]
    for copy in copies:
        shutil.copyfile(path, copy)
    spent = {"many": [], "alone": [], "gpgv": []}
    for _ in range(runs):
        spent["many"].append(cpu([*check, "--", *copies])[0] / COPIES)
        spent["alone"].append(cpu([*check, "--", path])[0])
        spent["gpgv"].append(cpu([*peer, path])[0])
    many, alone, theirs = (statistics.median(values) * 1e3 for values in spent.values())
    missed += many > theirs
    print(f"{path.stat().st_size:8} bytes, {good} signatures: anchorwatch {many:7.2f} ms of CPU, "
          f"alone {alone:7.2f}, gpgv {theirs:7.2f}; RATIO {theirs / many:.1f} (wanted: 1 or more), "
          f"alone {theirs / alone:.1f}")
sys.exit(1 if missed else 0)
PYTHON
