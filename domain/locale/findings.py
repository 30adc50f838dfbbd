"""What refusals about the review of findings say, by code.

Each entry: number (never changes), zh, en, remedy zh, remedy en.
"""

from __future__ import annotations

FINDINGS: dict[str, tuple[int, str, str, str, str]] = {
    "unknown_finding": (
        501,
        "没有在审疑点 {finding}",
        "no finding {finding} is under review",
        "列出在审疑点：gongji audit review list",
        "list them: gongji audit review list",
    ),
    "finding_malformed": (
        502,
        "疑点 {finding} 有误：对象须写成 person/P4，事件位置递增，规则版本从 1 起",
        "finding {finding} is malformed: subject (person/P4), positions or version of the rule",
        "取自 gongji audit findings -O json 的一行，勿改",
        "take a row of gongji audit findings -O json as it is",
    ),
    "unknown_position": (
        503,
        "位置 {position} 没有事件（最后一条是 {last}）",
        "there is no event at position {position} (the last one is {last})",
        "核对疑点是否出自本账本",
        "see whether the finding is one of this ledger",
    ),
    "finding_decided": (
        504,
        "疑点 {finding} 已处理，不再变动",
        "finding {finding} is decided and takes no more steps",
        "查看：gongji audit review show {finding}",
        "look: gongji audit review show {finding}",
    ),
    "step_out_of_order": (
        505,
        "疑点 {finding} 尚在“{after}”之后，不能直接到“{step}”",
        "finding {finding} stands after {after}; {step} cannot follow",
        "环节依次为初审、复审、申诉、核实、处理；申诉可无，有申诉须先核实",
        "first review, second review, objection if any, verification of it, decision",
    ),
    "same_reviewer": (
        506,
        "{by} 已初审疑点 {finding}，不得再复审",
        "{by} gave the first review of {finding} and cannot give the second",
        "请另一人复审（--by）",
        "let another person review it (--by)",
    ),
    "objection_too_late": (
        507,
        "疑点 {finding} 的申诉期截至 {last}，{day} 已逾期",
        "objections to {finding} could be made until {last}; {day} is too late",
        "可在核实或处理时附注说明（--note）",
        "it can be noted when the finding is verified or decided (--note)",
    ),
    "objection_open": (
        508,
        "疑点 {finding} 的申诉期至 {last}，期内不得核实或处理",
        "objections to {finding} may be made until {last}; until then nothing else happens",
        "期满后再办，或先记录申诉（gongji audit review object）",
        "come back after that day, or record the objection (gongji audit review object)",
    ),
    "recovery_impossible": (
        509,
        "疑点 {finding} 不能追回 {recover_fen} 元：至多 {most_fen} 元",
        "{recover_fen} yuan cannot be recovered of {finding}: at most {most_fen}",
        "不予认定的不追回；其余不超过所涉金额",
        "nothing of what is dismissed; otherwise at most the amount in question",
    ),
}
