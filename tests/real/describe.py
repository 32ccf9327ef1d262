#!/usr/bin/env python3
"""Describes really signed files as list rows, with what osslsigncode and openssl say about them.

    describe.py ROOTS.pem REGISTRY PACKAGE VERSION ARCHIVE MEMBER=FILE... >> more.jsonl

How the rows of `more.jsonl` were made. One verifier only: `truth.signify` is null.
"""

import datetime
import hashlib
import json
import pathlib
import re
import subprocess
import sys
import tempfile

NAMES = "esc_2253,esc_ctrl,utf8,dn_rev,sep_comma_plus_space,sname"


def main():
    roots, registry, package, version, archive, *files = sys.argv[1:]
    for pair in files:
        member, path = pair.split("=", 1)
        content = pathlib.Path(path).read_bytes()
        source = dict(registry=registry, package=package, version=version, archive=archive, member=member)
        row = dict(format="pe", sha256=hashlib.sha256(content).hexdigest(), size=len(content), source=source)
        print(json.dumps({**row, "truth": truth(roots, path)}))


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)


def truth(roots, path):
    ask = ["-ignore-crl", "-CAfile", roots, "-TSA-CAfile", roots, "-in", path]
    done = run("osslsigncode", "verify", *ask)
    text = done.stdout + done.stderr
    signed = "No signature found" not in text
    same = re.findall(r"^Current message digest *: (\w+) *\nCalculated message digest *: (\w+)", text, re.M)
    said = {
        "rc": done.returncode,
        "verdict": "unsigned" if not signed else "valid" if done.returncode == 0 else "invalid",
        "errors": [line.strip() for line in text.splitlines() if "error" in line.lower()] if signed else [],
        "digest_ok": all(a == b for a, b in same) if same else None,
        "timestamps": re.findall(r"Timestamp time: (.+)", text),
    }
    return {"osslsigncode": said, "signify": None, "signatures": [primary(path, text)] if signed else []}


def primary(path, text):
    """The first signature: the signer by serial, out of the certificates that the file carries."""
    serial = re.search(r"Serial : ([0-9A-F]+)", text).group(1)
    with tempfile.TemporaryDirectory() as folder:
        signature = f"{folder}/signature.pem"
        run("osslsigncode", "extract-signature", "-pem", "-in", path, "-out", signature)
        listed = run("openssl", "pkcs7", "-in", signature, "-print_certs").stdout
    blocks = re.findall(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", listed, re.S)
    certificates = [certificate(pem) for pem in blocks]
    leaf = next(c for c in certificates if int(c["serial"], 16) == int(serial, 16))
    return {
        "digest": re.search(r"Message digest algorithm *: (\w+)", text).group(1).lower(),
        **leaf,
        "timestamp": stamp(re.search(r"Timestamp time: (.+)", text)),
        "embedded": [c["subject"] for c in certificates],
    }


def certificate(pem):
    facts = ("-issuer", "-subject", "-serial", "-enddate", "-fingerprint", "-sha256")
    said = subprocess.run(
        ["openssl", "x509", "-noout", "-nameopt", NAMES, *facts],
        input=pem, capture_output=True, text=True, check=True,
    ).stdout
    value = dict(line.split("=", 1) for line in said.splitlines())
    ends = datetime.datetime.strptime(value["notAfter"], "%b %d %H:%M:%S %Y %Z")
    return {
        "issuer": value["issuer"],
        "serial": hex(int(value["serial"], 16)),
        "subject": value["subject"],
        "leaf_sha256": value["sha256 Fingerprint"].replace(":", "").lower(),
        "not_after": f"{ends}+00:00",
    }


def stamp(found):
    if found is None:
        return None
    return f"{datetime.datetime.strptime(found.group(1), '%b %d %H:%M:%S %Y %Z')}+00:00"


if __name__ == "__main__":
    main()
