#!/usr/bin/env python3
"""Mail to a real server on loopback, read by an independent parser.

usage: mail.py ANCHORWATCH HOW_MANY
"""
import asyncio, base64, email, email.policy, os, pathlib, sqlite3, subprocess, sys, tempfile, time

from aiosmtpd.controller import Controller

program, wanted = sys.argv[1], int(sys.argv[2])
taken = []


class Keep:
    async def handle_DATA(self, server, session, envelope):
        taken.append((envelope.rcpt_tos, envelope.content))
        return "250 taken"


home = pathlib.Path(tempfile.mkdtemp())
controller = Controller(Keep(), hostname="127.0.0.1", port=0)
# The controller wants to know its port before it is bound.
import socket

with socket.socket() as probe:
    probe.bind(("127.0.0.1", 0))
    controller.port = probe.getsockname()[1]
controller.start()
(home / ".config/anchorwatch").mkdir(parents=True)
(home / ".config/anchorwatch/config.toml").write_text(f"""
[mail]
transport = "smtp"
server = "127.0.0.1"
port = {controller.port}
tls = "none"
from = "watch@example.org"
[watch]
window = 0
[[team]]
name = "ops"
addresses = ["ops@example.org"]
[[team.subscription]]
vendor = "*"
kinds = ["rotation-*"]
""")
environment = {"HOME": str(home)}


def run(*arguments):
    return subprocess.run([program, *arguments], env=environment, capture_output=True, text=True)


run("team", "list")
store = home / ".local/share/anchorwatch/store.sqlite3"
with sqlite3.connect(store) as connection:
    connection.executemany(
        "INSERT INTO event (at, kind, vendor, detail) VALUES (0, 'rotation-announced', 'qt', ?)",
        [(f'{{"thread":"rotation:{n}","title":"Škoda <b>{n}</b>","url":"https://x.example/{n}"}}',)
         for n in range(wanted)],
    )
start = time.monotonic()
done = run("serve", "--once", "--no-web")
took = time.monotonic() - start
controller.stop()
assert done.returncode == 0, done.stderr
assert len(taken) == wanted, len(taken)
ids = set()
for recipients, content in taken:
    mail = email.message_from_bytes(content, policy=email.policy.default)
    assert recipients == ["ops@example.org"] and not mail.defects
    ids.add(mail["Message-ID"])
    for name in ["Date", "From", "To", "Subject", "List-Id", "List-Unsubscribe", "Auto-Submitted"]:
        assert len(mail.get_all(name)) == 1, name
    text = mail.get_body(("plain",)).get_content()
    html = mail.get_body(("html",)).get_content()
    assert "Škoda <b>" in text and "Škoda &lt;b&gt;" in html and "hxxps://x[.]example" in text
    assert "https://" not in text and "https://" not in html
    names = [part.get_filename() for part in mail.iter_attachments()]
    assert names == ["alert.json", "alert.json.minisig"], names
assert len(ids) == wanted
mail = email.message_from_bytes(taken[0][1], policy=email.policy.default)
for part in mail.iter_attachments():
    (home / part.get_filename()).write_bytes(part.get_content().encode() if isinstance(part.get_content(), str) else part.get_content())
(home / "instance.pub").write_text(run("instance", "show").stdout)
try:
    subprocess.run(
        ["minisign", "-Vm", home / "alert.json", "-x", home / "alert.json.minisig", "-p", home / "instance.pub"],
        check=True, capture_output=True,
    )
    signed = "minisign agrees"
except FileNotFoundError:
    signed = "minisign is not here"
print(f"MAIL {wanted} of {wanted} read by Python's parser, {wanted / took:.0f} a second with start-up; {signed}")
