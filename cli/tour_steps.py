"""What the tour shows: sentences, files and command lines, in order."""

from __future__ import annotations

from typing import NamedTuple

from domain.text import Text

SCENARIO = "hubei-last-bound-first.yaml"
OVERLAY = "hubei-filing-order.yaml"
CHANGED = "changed.yaml"
EXPECTED, WRONG = "mutual_aid: 400\n", 'mutual_aid: "400.01"\n'


class Heading(NamedTuple):
    """The title of a part."""

    says: Text


class Say(NamedTuple):
    """A sentence or two before a command."""

    says: Text


class File(NamedTuple):
    """A file that the next command reads; it is written and shown."""

    name: str
    content: str


class Run(NamedTuple):
    """A command line after `gongji`. `brief` shows only that it worked."""

    line: str
    exit_code: int = 0
    brief: bool = False


class Change(NamedTuple):
    """A copy of a file with one amount changed, as `sed` would make it."""

    source: str
    target: str
    old: str
    new: str


class Tool(NamedTuple):
    """A command line of another program, one that an auditor has without ours."""

    line: str
    exit_code: int = 0


class Tamper(NamedTuple):
    """A copy of an evidence package with something changed in it, see `cli.tour_tampering`."""

    how: str
    says: Text
    source: str
    target: str


Step = Heading | Say | File | Run | Change | Tool | Tamper

VISIT = """\
claim: visit-1
patient: grandma
institution: {id: tongji, place: hospital, region: "420100"}
service_date: 2026-03-02
lines:
  - {no: 1, category: outpatient, total_fen: 100000, fund_fen: 60000}
"""

DRUGS = """\
claim: drugs-1
patient: grandma
institution: {id: kangtai, place: pharmacy, region: "420100"}
service_date: 2026-03-02
lines:
  - {no: 1, category: drug, total_fen: 30000}
"""

STAY = """\
claim: visit-2
patient: grandma
institution: {id: tongji, place: hospital, region: "420100"}
service_date: 2026-03-02
lines:
  - {no: 1, category: outpatient, total_fen: 40000, fund_fen: 25000}
"""

STEPS: tuple[Step, ...] = (
    Heading(Text("武汉一家四口", "A family of four in Wuhan")),
    Say(
        Text(
            "奶奶有自己的个人账户；儿子、女儿、孙子可用各自的账户为她共济。",
            "Grandma has a personal account of her own. Her son, her daughter and her grandson "
            "may pay for her from theirs.",
        )
    ),
    Run("store init", brief=True),
    Run("person enroll grandma --region 420100 --work retired --on 2025-01-01", brief=True),
    Run("person enroll son --region 420100 --on 2025-01-01", brief=True),
    Run("person enroll daughter --region 420100 --on 2025-01-01", brief=True),
    Run("person enroll grandson --region 420100 --on 2025-01-01", brief=True),
    *(
        Run(f"account open {who} --on 2026-01-01", brief=True)
        for who in ("grandma", "son", "daughter", "grandson")
    ),
    Run("account credit grandma 80 --period 2026-03", brief=True),
    Run("account credit son 300 --period 2026-03", brief=True),
    Run("account credit daughter 500 --period 2026-03", brief=True),
    Run("account credit grandson 500 --period 2026-03", brief=True),
    Run("account balance"),
    Heading(Text("绑定与授权", "Bind and authorize")),
    Say(
        Text(
            "三人先后绑定。女儿只授权药店，孙子每次至多 100 元。",
            "The three are bound one after the other. The daughter allows pharmacies only, the "
            "grandson 100 yuan at a time.",
        )
    ),
    Run("family open zhang son --on 2026-01-05", brief=True),
    Run("family bind zhang son grandma --relation parent --on 2026-01-05", brief=True),
    Run("family bind zhang daughter grandma --relation parent --on 2026-02-01", brief=True),
    Run("family bind zhang grandson grandma --relation grandparent --on 2026-02-20", brief=True),
    Run("family authorize zhang son grandma --on 2026-02-20", brief=True),
    Run("family authorize zhang daughter grandma --place pharmacy --on 2026-02-20", brief=True),
    Run("family authorize zhang grandson grandma --per-use 100 --on 2026-02-20", brief=True),
    Run("family show zhang"),
    Heading(Text("预结算与结算", "Quote and settle")),
    Say(
        Text(
            "药店买药 300 元，会由谁支付？预结算不写入任何内容。",
            "Who would pay for medicine for 300 yuan at a pharmacy? A quote writes nothing.",
        )
    ),
    File("drugs.yaml", DRUGS),
    Run("claim quote drugs.yaml"),
    Say(
        Text(
            "没有买药，去了医院：门诊 1,000 元，基金付 600 元，个人负担 400 元。",
            "She goes to the hospital instead: 1,000 yuan, of which the fund pays 600. Her own "
            "share is 400.",
        )
    ),
    File("visit.yaml", VISIT),
    Run("claim settle visit.yaml --key till-7-0001"),
    Say(
        Text(
            "网络断了，收费处用同一报文号重发：得到原答复，不会重复付款。",
            "The line broke, so the till sends the message again: the first answer comes back and "
            "nothing is paid twice.",
        )
    ),
    Run("claim settle visit.yaml --key till-7-0001 -O jsonl"),
    Heading(Text("为什么是这个结果", "Why it came out so")),
    Say(
        Text(
            "四个候选账户，逐个说明付与不付的原因、规则与依据。湖北后绑定的先扣。",
            "Four candidate accounts. Of each: what it paid or did not pay, why, by which rule of "
            "which document. In Hubei whoever was bound last pays first.",
        )
    ),
    Run("claim explain S-visit-1-1"),
    Heading(Text("冻结与扣用", "Hold and capture")),
    Say(
        Text(
            "金额未定时先冻结；实际只用 120 元，余款自动解冻。",
            "When the amount is not final yet, it is held. Only 120 yuan are needed in the end, "
            "and the rest is released.",
        )
    ),
    File("stay.yaml", STAY),
    Run("claim authorize stay.yaml --until 2026-03-03T00:00:00+08:00 --key till-7-0002"),
    Run("claim capture visit-2 --own 1=120 --key till-7-0003"),
    Heading(Text("退回", "Give back")),
    Say(
        Text(
            "部分撤销按支付的相反顺序退回原账户；超过已付的，拒绝并说明。",
            "A partial cancellation goes back in the reverse order of payment. More than was paid "
            "is refused, with the reason.",
        )
    ),
    Run("claim cancel S-visit-1-1 --own 1=50 --note returned --key till-7-0004"),
    Run("claim cancel S-visit-1-1 --own 1=900 --key till-7-0005", exit_code=1),
    Run("account statement son"),
    Heading(Text("每一步都是事件", "Every step is an event")),
    Run("events list person:grandma type:claim"),
    Run("events trace till-7-0001"),
    Heading(Text("证明账是对的", "Prove that the books are right")),
    Run("check"),
    Run("events replay --compare"),
    Heading(Text("查规则", "Ask the rules")),
    Say(
        Text(
            "2023 年 8 月 1 日，上海的家庭共济能否付药店的费用？先给答案，再列来源与相反说法。",
            "Could a relative's account pay at a pharmacy in Shanghai on 1 August 2023? First the "
            "answer, then its sources, and the text that says otherwise.",
        )
    ),
    Run("policy show pool.places --region 310000 --on 2023-08-01 --has pharmacy"),
    Heading(Text("如果规则不同", "What if a rule were another")),
    Say(
        Text(
            "湖北后绑定的先扣，北京先备案的先扣。同样的费用单，改用北京的顺序，各人会付多少？",
            "Hubei draws on whoever was bound last, Beijing on whoever was filed first. The same "
            "claims in Beijing's order: who would have paid how much? Nothing is written.",
        )
    ),
    Run(f"simulate compare books {OVERLAY}"),
    Heading(Text("情景：规则与期望写在一处", "Scenarios: rules and expectations in one place")),
    Say(
        Text(
            "随附情景之一。期望值改错一分钱，即指出文件、行号、期望与实际。",
            "One of the scenarios that come with the program. With one fen changed in what it "
            "expects, it fails and says where.",
        )
    ),
    Run(f"simulate run {SCENARIO}"),
    Change(SCENARIO, CHANGED, EXPECTED, WRONG),
    Run(f"simulate run {CHANGED}", exit_code=1),
)
"""The tour."""

NEXT: tuple[tuple[str, Text], ...] = (
    ("gongji --help", Text("全部命令", "every command")),
    ("gongji store init", Text("建立自己的账本", "make a store of your own")),
    (
        "gongji help glossary",
        Text("词汇：中文、英文与代码", "the words in Chinese, English and code"),
    ),
    ("gongji bench", Text("标准负载与吞吐", "the canonical workload")),
)
"""What to do after the tour."""
