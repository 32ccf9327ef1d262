#!/bin/bash
# What a whole run of `check` costs beside a store of 10,000 anchors: from starting the process to its
# end, one package with one signature.
#
#   benches/whole_process.sh [RUNS] [FOLDER]        default 50, and a folder of the system's own
#
# Makes the store and the package with `examples/many_anchors.rs`, then tells the median of RUNS whole
# processes in milliseconds: `--version` as the floor, `check` as anybody runs it of a package that is new
# to the store each time (so that its facts are written), and of one that is known (so that nothing is).
# Needs python3 for the clock, and a machine that does nothing else.
set -euo pipefail
cd "$(dirname "$0")/.."
runs="${1:-50}"
cargo build --release --locked --quiet --bin anchorwatch --example many_anchors
release="$PWD/${CARGO_TARGET_DIR:-target}/release"
folder=$(mktemp -d "${2:-${TMPDIR:-/tmp}}/anchorwatch-process.XXXXXX")
trap 'rm -rf "$folder"' EXIT
"$release/examples/many_anchors" "$folder"

python3 - "$release/anchorwatch" "$folder" "$runs" <<'PYTHON'
import os, pathlib, shutil, statistics, subprocess, sys, time

product, folder, runs = sys.argv[1], pathlib.Path(sys.argv[2]), int(sys.argv[3])
# A machine that builds does not keep facts of its own accord; this measures a person's.
environment = {name: value for name, value in os.environ.items() if name != "CI"}
environment["HOME"] = str(folder)
store = ["--store", str(folder / "store.sqlite3")]
package = folder / "tool-1.0.bin"


def run(arguments):
    start = time.perf_counter()
    found = subprocess.run([product, *arguments], env=environment, capture_output=True)
    spent = (time.perf_counter() - start) * 1000
    assert found.returncode == 0, (arguments, found.stdout, found.stderr)
    assert arguments == ["--version"] or b"anchored" in found.stdout, found.stdout
    return spent


def median(name, arguments, before=lambda number: None):
    spent = []
    for number in range(runs + 3):
        before(number)
        spent.append(run(arguments))
    spent = sorted(spent[3:])
    at = lambda share: spent[min(len(spent) - 1, int(len(spent) * share))]
    print(f"{name:46} median {statistics.median(spent):6.2f} ms, 90 % {at(0.9):6.2f} ms")
    return statistics.median(spent)


def forget(number):
    # As if the package had not been seen: the store as it was made.
    for ending in ("", "-wal", "-shm"):
        (folder / ("store.sqlite3" + ending)).unlink(missing_ok=True)
    shutil.copy(folder / "as-made", folder / "store.sqlite3")


shutil.copy(folder / "store.sqlite3", folder / "as-made")
median("--version", ["--version"])
new = median("check, a package new to the store", ["check", str(package), *store], forget)
known = median("check, a package that it knows (no writing)", ["check", str(package), *store])
print("PROCESS:", "at most 5 ms" if max(new, known) <= 5 else "over 5 ms")
PYTHON
