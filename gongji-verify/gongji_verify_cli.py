"""The command `gongji-verify`: reads the auditor's files, lets gongji_verify check, and tells."""

from __future__ import annotations

import argparse
import gc
import io
import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from gongji_verify import NOTE, TABLE, Problem, need, open_note, verify

MOST = 1 << 31  # bytes of a package; nothing in it is compressed, so nothing unfolds
NAMES = "entries events format made_at made_with members origin position scope size withheld"
ROWS = [row.split(maxsplit=2) for row in TABLE if not row.startswith("=")]
SAYS = {code: (kind, *says.split(" | ")) for kind, code, says in ROWS}


MEMBERS = re.compile(  # in this order
    r"(MANIFEST\.json)|(checkpoint\.txt)|(checkpoints/[0-9]+\.txt)|(entries\.txt)"
    r"|(proofs/[0-9]{9,}\.tlog-proof)|(consistency/[0-9]+\.txt)|(rules/rs1-[0-9a-f]{32}\.json)"
    r"|(state\.json)|(keys/log\.vkey)|(README\.txt)"
)


def unpack(raw: bytes) -> dict[str, bytes]:
    """Give the members of a package. Packed anew, they must give the same bytes."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            infos = archive.infolist()
            forms = [MEMBERS.fullmatch(info.filename) for info in infos]
            need(all(forms) and not any(info.compress_type for info in infos), "zip", "members")
            members = {info.filename: archive.read(info) for info in infos}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise Problem("zip", error) from error  # noqa: EM101  # a code
    ranks = [form.lastindex or 0 for form in forms if form]
    again = io.BytesIO()
    with zipfile.ZipFile(again, "w") as archive:
        for name, data in members.items():
            info = zipfile.ZipInfo(name)  # stored, of 1980-01-01
            info.create_system, info.external_attr = 3, 0o100644 << 16  # a plain file
            archive.writestr(info, data)
    need(again.getvalue() == raw and ranks == sorted(ranks), "zip", "not in its one form")
    manifest = json.loads(members["MANIFEST.json"])
    need(" ".join(sorted(manifest)) == NAMES, "manifest", "names")
    canonical = json.dumps(manifest, sort_keys=True, separators=(",", ":")).encode()
    need(canonical == members["MANIFEST.json"], "manifest", "not canonical")
    return members


def judge(raw: bytes, vkey: str, kept: dict[str, bytes]) -> dict[str, Any]:
    """Check a package, and give the report; `result` says what stands against it, or "ok"."""
    report: dict[str, Any] = {"result": "ok", "facts": []}
    try:
        report |= verify(unpack(raw), vkey, kept)
        report["package"].pop("members")
    except Problem as problem:
        report |= {"result": problem.args[0], "facts": [str(fact) for fact in problem.args[1:]]}
    except InvalidSignature:
        report |= {"result": "signature"}
    except (BrokenExecutor, MemoryError, OSError) as error:  # says nothing about the package
        report |= {"result": "file", "facts": [repr(error)]}
    except Exception as error:  # noqa: BLE001  # whatever has not the expected form
        report |= {"result": "malformed", "facts": [repr(error)]}
    return report


def redecide(package: Path) -> None:
    """Let the installed ledger decide every settlement of the package again."""
    command = ["gongji", "audit", "redecide", str(package)]  # the one on the auditor's path
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  # as the auditor asked
    except OSError as error:
        raise Problem("no_gongji", error) from error  # noqa: EM101  # a code
    said = done.stdout.strip()  # a program that breaks also ends with 1, but says no difference
    told = done.returncode == 0 or (done.returncode == 1 and said)
    need(told, "no_gongji", *done.stderr.split("\n"))
    need(done.returncode == 0, "redecided", *said.split("\n"))


def see(name: str, note: bytes, vkey: str) -> None:
    """See that a file of the auditor's is a checkpoint; if not, nothing stands against the log."""
    try:
        open_note(name, note, vkey)
    except (InvalidSignature, UnicodeError):
        raise Problem("not_kept", name) from None  # noqa: EM101  # a code
    except Problem as problem:
        need(problem.args[0] != "note", "not_kept", name)
        raise


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Check as asked, and give the report; its `exit` is the exit code."""
    try:
        free = not options.save or options.save in options.kept or not options.save.exists()
        need(free, "save", options.save)
        need(options.package.stat().st_size <= MOST, "file", options.package, f"> {MOST}")
        kept = {str(path): path.read_bytes() for path in options.kept}
        key = options.key.read_text(encoding="utf-8")
        for name, note in kept.items():
            see(name, note, key)
        report = judge(options.package.read_bytes(), key, kept)
        note = report.pop("note", "")
        if options.redecide and report["result"] == "ok":
            redecide(options.package)
            report["checked"]["redecisions"] = 1
        if options.save and report["result"] == "ok":
            unfinished = options.save.with_name(f"{options.save.name}.new")
            unfinished.write_bytes(note.encode())
            unfinished.replace(options.save)  # whole, or as it was
    except (OSError, UnicodeError) as error:
        report = {"result": "file", "facts": [str(error)]}
    except Problem as problem:
        report = {"result": problem.args[0], "facts": [str(fact) for fact in problem.args[1:]]}
    report |= {"file": str(options.package), "exit": int(SAYS[report["result"]][0])}
    if not report["exit"]:
        done = {"decisions"} if options.redecide else set()
        done |= {"rest", "totals"} if report["package"]["scope"] == {"kind": "all"} else set()
        report["not_checked"] = [c for c, row in SAYS.items() if row[0] == "-" and c not in done]
    return report


def printable(fact: str) -> str:
    """Give a fact as it may be printed: what a forger wrote moves no cursor, begins no line."""
    if NOTE.fullmatch(fact):
        return "\n".join(line if line.isprintable() else ascii(line) for line in fact.split("\n"))
    return fact[:1000] if fact[:1000].isprintable() else ascii(fact[:1000])


def page(report: dict[str, Any], lang: int) -> Iterator[str]:
    """Give the report as lines for people, in Chinese (1) or English (2)."""
    yield f"{'✗' if report['exit'] else '✓'} {report['file']}: {SAYS[report['result']][lang]}"
    yield from map(printable, report["facts"])
    if report["exit"]:
        return
    package, window = report["package"], report["window"]
    yield f"  {package['origin']}  {json.dumps(package['scope'])}"
    yield f"\n{SAYS['checked'][lang]}"
    for code, (kind, *says) in SAYS.items():
        if kind == "+" and report["checked"].get(code):
            yield f"{report['checked'][code]:>11,}  {says[lang - 1]}"
    yield f"\n{SAYS['not_checked'][lang]}"
    yield from (f"  - {SAYS[code][lang]}" for code in report["not_checked"])
    first, last = (f"{at[0]}Z" if at else "?" for at in (window["from"], window["to"]))
    window = window | {"from": first, "to": last}
    yield f"\n{SAYS['kept_one' if window['after'] else 'kept_none'][lang].format(**window)}"


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser("gongji-verify", description=" · ".join(SAYS["about"][1:]))
    parser.add_argument("package", type=Path, help="证据包 | NAME.gongji-evidence.zip")
    parser.add_argument("--key", type=Path, required=True, help=" | ".join(SAYS["key_file"][1:]))
    parser.add_argument(
        "--kept", type=Path, action="append", default=[], help=" | ".join(SAYS["kept_file"][1:])
    )
    parser.add_argument("--save", type=Path, help=" | ".join(SAYS["save_file"][1:]))
    parser.add_argument("--redecide", action="store_true", help=" | ".join(SAYS["again"][1:]))
    parser.add_argument("-O", dest="output", choices=("page", "json"), default="page")
    parser.add_argument("--lang", choices=("zh", "en"))
    options = parser.parse_args()
    gc.disable()  # what is read is kept to the end, so there is nothing to collect
    report = run(options)
    lang = options.lang or os.environ.get("LANG", "")[:2]
    lines = [json.dumps(report)] if options.output == "json" else page(report, 1 + (lang != "zh"))
    if isinstance(sys.stdout, io.TextIOWrapper):  # a word that cannot be shown is no verdict
        sys.stdout.reconfigure(errors="backslashreplace")
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.exit(report["exit"])


if __name__ == "__main__":
    main()
