#!/usr/bin/env python3
"""Judges really signed OpenPGP files and RPM packages, and holds the answers against the peers'.

    openpgp.py [--binary FILE] [--cache DIR] [--rpms DIR] [--lists DIR] [--at TIME]

Clearsigned are the fetched `inrelease` and `dsc` rows and the `*InRelease` below `--lists` (this machine's
own); detached the `openpgp` rows: the signed data, its signature, and the file of the signer's keys. Their
peers are gpgv and sqv, each with the same keys. Version 1.1 of sqv reads detached signatures only, so that a
clearsigned text is taken apart for it. Peer of the RPM packages is `rpmkeys -K` with the fetched keys in a
database of its own. A peer that is not installed is named and left out.

Fields that are compared, each a sorted list, a signature counting once:

    gpgv.good     fingerprints of the keys (subkeys as such) whose signatures hold; expired ones count, as
                  gpgv too reports their expiry apart
    gpgv.unheld   last 16 hex digits of the key ids that are not at hand
    gpgv.bad      the same of the signatures that do not hold
    sqv.good      primary fingerprints of the signatures that hold and that policy passed at signing time
    rpmkeys       one of good, unsigned, unheld, bad

`explained_openpgp.jsonl` beside this script is the table of differences that are meant: file by sha256,
field, the peer's version, `ours`, `theirs`, who is `right` and why. A row of it counts for that version of the
peer; one that explains nothing any more is a difference itself.

Last line: `OPENPGP n/N` over the files that were judged. Exit 0 when n = N, 1 when something differs, 2 when
there was nothing to judge.
"""

import argparse
import base64
import collections
import datetime
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
REPOSITORY = HERE.parent.parent
ARCHIVE_KEYRING = pathlib.Path("/usr/share/keyrings/debian-archive-keyring.gpg")
PEER_SECONDS = 120


def main():
    options = arguments()
    peers = {name: said for name in ("gpgv", "sqv", "rpmkeys") if (said := version(name))}
    for name in ("gpgv", "sqv", "rpmkeys"):
        print(f"peer {name}: {peers.get(name, 'not installed, left out')}")
    explained = explanations(peers)
    held = judged = 0
    table = collections.Counter()
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        groups = clearsigned(options) + detached(options)
        compared = [
            (kind, path, ours(answer, signature), peers_say(path, signature, keys, peers, scratch))
            for kind, keys, signature, paths in groups
            for path, answer in check(options, paths, [keys], signature)
        ]
        if "rpmkeys" in peers:
            compared += rpms(options, scratch)
    for kind, path, answer, peer in compared:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        differences = {
            field: (answer.get(field), theirs) for field, theirs in peer.items() if answer.get(field) != theirs
        }
        for field, entry in explained.pop(digest, {}).items():
            if differences.get(field) == (entry["ours"], entry["theirs"]):
                print(f"explained: {path.name} {field}: {entry['right']} right: {entry['why']}")
                del differences[field]
                table[kind, "explained"] += 1
            else:
                differences.setdefault(f"{field} (explained)", ("other answers", "those of the table"))
        for field, (our, their) in differences.items():
            print(f"DIFFERS: {path.name} ({digest}) {field}: ours {json.dumps(our)}, theirs {json.dumps(their)}")
        judged += 1
        held += not differences
        table[kind, "files"] += 1
        table[kind, "signatures"] += answer["signatures"]
    for kind in sorted({kind for kind, _ in table}):
        print(f"{kind}: " + ", ".join(f"{table[kind, what]} {what}" for what in ("files", "signatures", "explained")))
    print(f"OPENPGP {held}/{judged}")
    return 2 if judged == 0 else int(held != judged)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", default=REPOSITORY / "target" / "release" / "anchorwatch")
    real = pathlib.Path(os.environ.get("ANCHORWATCH_REAL") or REPOSITORY / "target" / "real")
    parser.add_argument("--cache", type=pathlib.Path, default=real / "openpgp")
    parser.add_argument("--rpms", type=pathlib.Path, default=real / "rpm")
    parser.add_argument("--lists", type=pathlib.Path, default=pathlib.Path("/var/lib/apt/lists"))
    # The peers know no other time than now.
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    parser.add_argument("--at", default=now)
    options = parser.parse_args()
    options.cache, options.rpms = options.cache.resolve(), options.rpms.resolve()
    return options


def version(name):
    """`name 1.2.3`; nothing for a program that is not there."""
    if shutil.which(name) is None:
        return None
    said = subprocess.run([name, "--version"], capture_output=True, text=True, check=False).stdout
    number = re.search(r"\d+(\.\d+)+", said)
    return f"{name} {number.group(0)}" if number else None


def explanations(peers):
    """sha256 -> field -> entry, for the peers that are here."""
    found = collections.defaultdict(dict)
    path = HERE / "explained_openpgp.jsonl"
    for line in path.read_text(encoding="utf-8").splitlines() if path.is_file() else []:
        entry = json.loads(line)
        # `sqv 1.1` is also 1.1.0, and not 1.10.
        if any(f"{peer}.".startswith(entry["peer"] + ".") for peer in peers.values()):
            found[entry["sha256"]][entry["field"]] = entry
    return found


def rows(options):
    path = options.cache / "index.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    return [json.loads(line) for line in lines]


def clearsigned(options):
    """(kind, keys, no signature of its own, paths)"""
    here = {row["format"]: [] for row in rows(options)}
    for row in rows(options):
        here[row["format"]].append(options.cache / row["path"])
    own = sorted(options.lists.glob("*InRelease"))
    debian = [path for path in own if "_debian" in path.name]
    groups = [
        ("inrelease", ARCHIVE_KEYRING, None, here.get("inrelease", [])),
        ("this machine's InRelease", ARCHIVE_KEYRING, None, debian),
        # Nobody's keys: what is not at hand must be told by both as that.
        ("others' InRelease", ARCHIVE_KEYRING, None, [path for path in own if path not in debian]),
        ("dsc", options.cache / "debian-keyring.gpg", None, here.get("dsc", [])),
    ]
    return [group for group in groups if group[3] and group[1].is_file()]


def detached(options):
    """The `openpgp` rows of one package: data, signature and keys, where all three are at hand."""
    packages = collections.defaultdict(dict)
    for row in rows(options):
        if row["format"] == "openpgp":
            packages[row["source"]["package"]][row["role"]] = options.cache / row["path"]
    return [
        ("detached", found["signer_keys"], found["signature"], [found["signed_data"]])
        for _, found in sorted(packages.items())
        if {"signed_data", "signature", "signer_keys"} <= found.keys()
    ]


def check(options, paths, keys, signature=None):
    """One process over all paths; (path, package of its report)."""
    command = [options.binary, "check", "--no-store", "--format", "json", "--at", options.at]
    command += [word for key in keys for word in ("--anchors", key)]
    command += ["--signature", signature] if signature else []
    command += ["--", *paths]
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    if done.returncode in (1, 2):
        sys.exit(f"{options.binary} failed ({done.returncode}): {done.stderr.strip()}")
    answers = {package["path"]: package for package in json.loads(done.stdout)["packages"]}
    return [(path, answers[str(path)]) for path in paths]


def ours(answer, beside):
    """The product's answer in the fields of the comparison; the peers see nothing but the file `beside`."""
    signatures = [
        signature
        for signature in answer["signatures"]
        if signature["openpgp"] and (beside is None or signature["place"].startswith(beside.name))
    ]

    def of(crypto):
        return [signature for signature in signatures if signature["crypto"] == crypto]

    def last16(signature):
        return (signature["signer"] or {}).get("fingerprint") or signature["openpgp"]["issuer"] or ""

    return {
        "signatures": len(signatures),
        "gpgv.good": sorted(signature["signer"]["fingerprint"] for signature in of("good")),
        "gpgv.unheld": sorted(last16(signature)[-16:] for signature in of("unchecked")),
        "gpgv.bad": sorted(last16(signature)[-16:] for signature in of("bad")),
        "sqv.good": sorted(
            {s["signer"]["primary"] for s in of("good") if not s["openpgp"]["at_signing"]}
        ),
    }


def peers_say(path, signature, keys, peers, scratch):
    found = {}
    if "gpgv" in peers:
        found |= gpgv(path, signature, keys, scratch)
    if "sqv" in peers:
        if signature is None:
            path, signature = taken_apart(path, scratch)
        done = run(["sqv", "--keyring", keys, signature, path])
        found["sqv.good"] = sorted(set(re.findall(r"^[0-9A-F]{40}$", done.stdout, re.MULTILINE)))
    return found


def gpgv(path, signature, keys, scratch):
    """What its status lines say (doc/DETAILS of GnuPG)."""
    home = scratch / "gnupg"
    home.mkdir(mode=0o700, exist_ok=True)
    files = [signature, path] if signature else [path]
    command = ["gpgv", "--homedir", home, "--status-fd", "1", "--keyring", binary(keys, scratch)]
    said = [line.split()[1:] for line in run([*command, *files]).stdout.splitlines() if line.startswith("[GNUPG:]")]
    return {
        "gpgv.good": sorted(words[1] for words in said if words[0] == "VALIDSIG"),
        "gpgv.unheld": sorted(words[1] for words in said if words[0] == "NO_PUBKEY"),
        "gpgv.bad": sorted(words[1] for words in said if words[0] == "BADSIG"),
    }


def binary(keys, scratch):
    """Keys without armour, which gpgv does not read: each block's base64, without its checksum."""
    text = keys.read_bytes()
    if not text.lstrip().startswith(b"-----BEGIN"):
        return keys
    bare = scratch / f"{keys.name}.gpg"
    blocks = re.findall(rb"-----BEGIN[^\n]*\n(?:[^\n]+: [^\n]*\n)*\s*\n(.*?)\n(?:=.{4}\s*)?-----END", text, re.DOTALL)
    bare.write_bytes(b"".join(base64.b64decode(block) for block in blocks))
    return bare


def taken_apart(path, scratch):
    """Text and signature of a clearsigned file (RFC 9580 section 7), for a peer that wants them apart."""
    text = path.read_bytes().replace(b"\r\n", b"\n")
    body, armour = text.split(b"-----BEGIN PGP SIGNED MESSAGE-----\n", 1)[1].split(b"\n-----BEGIN PGP SIGNATURE-----", 1)
    lines = body.split(b"\n\n", 1)[1].split(b"\n")
    plain = scratch / "text"
    plain.write_bytes(b"\n".join(line.removeprefix(b"- ").rstrip(b" \t") for line in lines))
    signature = scratch / "text.asc"
    signature.write_bytes(b"-----BEGIN PGP SIGNATURE-----" + armour)
    return plain, signature


def rpms(options, scratch):
    """The packages, by our answer and by that of `rpmkeys -K`."""
    database = scratch / "rpmdb"
    database.mkdir()
    keys = sorted(options.rpms.glob("signing_keys/v*/*.asc"))
    paths = sorted(options.rpms.rglob("*.rpm"))
    if not keys or not paths:
        return []
    for key in keys:
        done = run(["rpmkeys", "--dbpath", database, "--import", key])
        if done.returncode != 0:
            print(f"rpmkeys takes no {key.name}: {done.stderr.strip().splitlines()[-1].split(': ')[-1]}")
    words = {"anchored": "good", "unsigned": "unsigned", "unanchored": "unheld"}
    compared = []
    for path, answer in check(options, paths, keys):
        mine = {"rpmkeys": words.get(answer["verdict"], "bad"), "signatures": len(answer["signatures"])}
        compared.append(("rpm", path, mine, {"rpmkeys": rpmkeys(path, database)}))
    return compared


def rpmkeys(path, database):
    said = run(["rpmkeys", "--dbpath", database, "-Kv", path]).stdout.splitlines()[1:]
    if any(line.endswith(": NOKEY") for line in said) and not any(": BAD" in line for line in said):
        return "unheld"
    if not said or any(not line.endswith(": OK") for line in said):
        return "bad"
    return "good" if any("ignature" in line for line in said) else "unsigned"


def run(command):
    words = [str(part) for part in command]
    return subprocess.run(
        words, capture_output=True, text=True, errors="replace", timeout=PEER_SECONDS, check=False
    )


if __name__ == "__main__":
    sys.exit(main())
