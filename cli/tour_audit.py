"""What the tour shows an auditor: a checkpoint, an evidence package, and three forgeries of it."""

from __future__ import annotations

from importlib.util import find_spec

from cli.extras import missing, remedy
from cli.tour_steps import Heading, Run, Say, Step, Tamper, Tool
from domain.text import Text

VERIFIER = "gongji_verify_cli"
"""The module of the distribution gongji-verify."""

_HEADING = Heading(Text("证据：带走、核验、识破", "Evidence: taken away, checked, seen through"))
_CHECK = "gongji-verify {package} --key books/log.vkey"
_WITH_KEPT = f"{_CHECK} --kept kept.txt"


def _forged(how: str, says: Text) -> tuple[Step, ...]:
    package = f"{how}.zip"
    return (
        Tamper(how, says, "evidence.zip", package),
        Tool(_WITH_KEPT.format(package=package), exit_code=TAMPERED),
    )


TAMPERED = 1
"""What gongji-verify ends with when something is not as it was signed."""

EVIDENCE: tuple[Step, ...] = (
    _HEADING,
    Say(
        Text(
            "审计人员先拿走两样东西：日志公钥和一份签名的检查点。此后的每一步都可据以核验。",
            "An auditor first takes two things away: the public key of the log, and a signed "
            "checkpoint. Whatever comes later can be held against them.",
        )
    ),
    Run("audit key", brief=True),
    Run("audit checkpoint --out kept.txt"),
    Run("audit hand-over kept.txt --to auditor-1", brief=True),
    Run("account credit daughter 100 --period 2026-04", brief=True),
    Run("audit seal", brief=True),
    Run("audit exposure"),
    Say(
        Text(
            "一个月后：整本账作为证据包交出。核验程序是另一个独立的小程序，不含本系统的任何代码。",
            "A month later: the whole log as an evidence package. What checks it is another, small "
            "program that shares no code with this one.",
        )
    ),
    Run("audit evidence evidence.zip"),
    Tool(_WITH_KEPT.format(package="evidence.zip")),
    Say(Text("三份伪造的，一份比一份高明。", "Three forgeries, each better than the one before.")),
    *_forged(
        "byte", Text("改一个字节：首笔入账的一个数字", "One byte: a digit of the first credit")
    ),
    *_forged("event", Text("抽去一条事件：首笔支付", "One event taken out: the first debit")),
    *_forged(
        "signed",
        Text(
            "内部人持有密钥：把首笔结算的经办人改成别人，重建整棵树，重新签名",
            "An insider with the key: somebody else is written over whoever settled the first "
            "claim, the whole tree is built anew and signed",
        ),
    ),
    Say(
        Text(
            "没有那份留存的检查点，这最后一份就看不出来：",
            "Without the checkpoint that was kept, this last one looks perfectly sound:",
        )
    ),
    Tool(_CHECK.format(package="signed.zip")),
)
"""The part of the tour that needs the extra [signing] and gongji-verify."""


def evidence() -> tuple[Step, ...]:
    """Give that part; where something is not installed, what it would show and what to install."""
    if missing("signing"):
        how = remedy("signing")
    elif find_spec(VERIFIER) is None:
        how = _INSTALL
    else:
        return EVIDENCE
    return _HEADING, Say(Text(*(f"{ours}{to}" for ours, to in zip(_LEFT_OUT, how, strict=True))))


_INSTALL = Text(
    "安装核验程序：在源码目录运行 pip install ./gongji-verify",
    "install the verifier: pip install ./gongji-verify in the source folder",
)
_LEFT_OUT = Text(
    "此处从略：检查点、证据包，以及三份被识破的伪造。\n",
    "Left out: a checkpoint, an evidence package, and three forgeries that are seen through.\n"
    "To see it, ",
)
