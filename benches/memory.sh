#!/bin/bash
# The most memory that `check` holds while it judges a signed package of 2 GiB, in each container.
#
#   benches/memory.sh [MIB] [FOLDER]        default 2048, and a folder of the system's own
#
# Makes a package of MIB megabytes of content with a JSON manifest, signed by openssl under a root of its
# own, as zip (stored and deflated), tar, tar.zst and folder, plus one image with a signature beside it;
# judges each and prints what /usr/bin/time says. Every one must come out anchored and stay at or below
# 64 MiB. Needs python3, openssl, zstd and GNU time, and about six times MIB of disk.
set -euo pipefail
cd "$(dirname "$0")/.."
mebibytes="${1:-2048}"
cargo build --release --locked --quiet --bin anchorwatch
product="$PWD/${CARGO_TARGET_DIR:-target}/release/anchorwatch"
folder=$(mktemp -d "${2:-${TMPDIR:-/tmp}}/anchorwatch-memory.XXXXXX")
trap 'rm -rf "$folder"' EXIT
cd "$folder"

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout root.key -out root.pem \
  -days 30 -subj '/O=Bosun Systems/CN=Bosun Memory Root' -addext keyUsage=critical,keyCertSign 2>/dev/null
openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout leaf.key -out leaf.csr \
  -subj '/O=Bosun Systems/CN=Bosun Release' 2>/dev/null
openssl x509 -req -in leaf.csr -CA root.pem -CAkey root.key -days 20 -out leaf.pem \
  -extfile <(printf 'keyUsage=critical,digitalSignature\nextendedKeyUsage=codeSigning\n') 2>/dev/null

sign() { openssl cms -sign -binary -in "$1" -signer leaf.pem -inkey leaf.key -outform DER -out "$1.p7s" -md sha256; }

mkdir -p package/images
python3 - "$mebibytes" <<'PYTHON'
import hashlib, json, pathlib, random, sys

# Eight images of content that compresses by half: chance and zeros take turns.
chance = random.Random(2)
block = b"".join(chance.randbytes(32 << 10) + bytes(32 << 10) for _ in range(16))
files = []
for number in range(8):
    path = pathlib.Path("package/images", f"part{number}.bin")
    digest = hashlib.sha256()
    with path.open("wb") as out:
        for turn in range(int(sys.argv[1]) // 8):
            piece = number.to_bytes(4, "big") + turn.to_bytes(4, "big") + block[8:]
            out.write(piece)
            digest.update(piece)
    files.append({"path": f"images/{path.name}", "size": path.stat().st_size, "sha256": digest.hexdigest()})
manifest = {"vendor": "Bosun Systems", "product": "Memory", "version": "1", "files": files}
pathlib.Path("package/manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")
PYTHON
(cd package && ln ../leaf.pem ../leaf.key . && sign manifest.json && rm leaf.pem leaf.key)

python3 - <<'PYTHON'
import pathlib, zipfile

names = ["manifest.json", "manifest.json.p7s", *sorted(f"images/part{n}.bin" for n in range(8))]
for archive, method in (("stored.zip", zipfile.ZIP_STORED), ("deflated.zip", zipfile.ZIP_DEFLATED)):
    with zipfile.ZipFile(archive, "w", method, compresslevel=1) as out:
        for name in names:
            out.write(pathlib.Path("package", name), name)
PYTHON
tar -C package --format=ustar -cf package.tar manifest.json manifest.json.p7s images/
zstd -q -1 package.tar -o package.tar.zst
mkdir beside && mv package.tar beside/image.bin && ln leaf.pem leaf.key beside
(cd beside && sign image.bin && rm leaf.pem leaf.key)

worst=0
measure() {
  local name="$1" said
  shift
  said=$(/usr/bin/time -f '%M %U %S %e' "$product" check "$@" --no-store --anchors root.pem --format json 2>&1 >report.json) || true
  python3 - "$name" "$(tail -n 1 <<<"$said")" <<'PYTHON'
import json, sys

kilobytes, user, system, wall = map(float, sys.argv[2].split())
verdicts = sorted({package["verdict"] for package in json.load(open("report.json"))["packages"]})
print(f"{sys.argv[1]:14} {kilobytes / 1024:7.1f} MiB at most, {user + system:6.2f} s CPU, {wall:6.2f} s, {', '.join(verdicts)}")
sys.exit(verdicts != ["anchored"] or kilobytes > 64 * 1024)
PYTHON
}
measure "zip, stored" stored.zip || worst=1
measure "zip, deflated" deflated.zip || worst=1
measure "tar.zst" package.tar.zst || worst=1
measure "folder" package || worst=1
measure "beside" beside/image.bin || worst=1
mv beside/image.bin package.tar && measure "tar" package.tar || worst=1
[ "$worst" = 0 ] && echo "MEMORY of a package of $mebibytes MiB: at most 64 MiB" || echo "MEMORY: over 64 MiB, or not anchored"
exit "$worst"
