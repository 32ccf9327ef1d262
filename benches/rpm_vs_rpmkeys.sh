#!/bin/bash
# CPU time (user + system) of judging a signed RPM package, against `rpmkeys -K` one a process: as one of
# 20 packages that one process judges (the figure that is held), and alone.
#
#   benches/rpm_vs_rpmkeys.sh [RUNS]          default 20
#
# Builds and signs packages of several sizes with an own key, then lets the two programs take turns and
# compares the medians. Large packages are bound by hashing, where both programs do the same. Needs rpm,
# rpmbuild, rpmsign and gpg (apt-get install rpm gpg gpg-agent). Builds the release binary first, unless
# ANCHORWATCH_BINARY names one.
set -euo pipefail
cd "$(dirname "$0")/.."
binary=${ANCHORWATCH_BINARY:-}
if [ -z "$binary" ]; then
    cargo build --release --locked --quiet --bin anchorwatch
    binary=${CARGO_TARGET_DIR:-target}/release/anchorwatch
fi
work=$(mktemp -d)
export GNUPGHOME="$work/gnupg"
trap 'gpgconf --kill gpg-agent; rm -rf "$work"' EXIT
mkdir -m 700 "$GNUPGHOME" "$work/db"
key=bench@bosun.example
gpg --quiet --batch --passphrase= --quick-gen-key "$key" rsa2048 sign never
gpg --armor --export "$key" >"$work/key.asc"
rpmkeys --dbpath "$work/db" --import "$work/key.asc"
# Of random bytes, so that the packed size is the size.
for size in 0 100000 1000000 20000000; do
    cat >"$work/bench.spec" <<END
Name: bosun$size
Version: 1
Release: 1
Summary: A package of about $size bytes
License: MIT
BuildArch: noarch
%description
Made by benches/rpm_vs_rpmkeys.sh.
%install
mkdir -p %{buildroot}/opt/bosun
head -c $size /dev/urandom > %{buildroot}/opt/bosun/data
%files
/opt/bosun
END
    rpmbuild --quiet -bb --define "_topdir $work/top" --define "_rpmdir $work" \
        --define "_rpmfilename bosun-$size.rpm" "$work/bench.spec" >/dev/null 2>&1
    rpmsign --define "__gpg $(command -v gpg)" --define "_gpg_name $key" \
        --addsign "$work/bosun-$size.rpm" >/dev/null 2>&1
done
python3 - "${1:-20}" "$binary" "$work" <<'PYTHON'
import json, pathlib, resource, statistics, subprocess, sys

runs, product, work = int(sys.argv[1]), pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
WANTED = 5
COPIES = 20


def cpu(command):
    """Seconds of CPU that one run takes, and what it printed; another exit than 0 ends all."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([str(part) for part in command], capture_output=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        said = (done.stdout + done.stderr).decode()[-500:]
        sys.exit(f"{command[0]} ended with {done.returncode}: {said}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.stdout


check = [product, "check", "--no-store", "--anchors", work / "key.asc"]
peer = ["rpmkeys", "--dbpath", work / "db", "-K"]
missed = 0
for package in sorted(work.glob("*.rpm"), key=lambda path: path.stat().st_size):
    # Both must have verified the signature, or the comparison is worth nothing.
    report = json.loads(cpu([*check, "--format", "json", "--", package])[1])
    if report["packages"][0]["verdict"] != "anchored":
        sys.exit(f"anchorwatch says {report['packages'][0]['verdict']}")
    if b"digests signatures OK" not in cpu([*peer, package])[1]:
        sys.exit("rpmkeys checked no signature")
    copies = [work / f"copy-{number}" for number in range(COPIES)]
    for copy in copies:
        copy.unlink(missing_ok=True)
        copy.hardlink_to(package)
    spent = {"many": [], "alone": [], "rpmkeys": []}
    for _ in range(runs):
        spent["many"].append(cpu([*check, "--", *copies])[0] / COPIES)
        spent["alone"].append(cpu([*check, "--", package])[0])
        spent["rpmkeys"].append(cpu([*peer, package])[0])
    many, alone, theirs = (statistics.median(values) * 1e3 for values in spent.values())
    missed += theirs < WANTED * many
    print(f"{package.stat().st_size:10} bytes: anchorwatch {many:7.2f} ms of CPU, alone {alone:7.2f}, "
          f"rpmkeys {theirs:7.2f}; RATIO {theirs / many:.1f} (wanted: {WANTED} or more), "
          f"alone {theirs / alone:.1f}")
sys.exit(1 if missed else 0)
PYTHON
