"""`gongji audit seal` and `balance-proof`: everybody's money under one hash, and one line of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.answers import show_answer
from cli.errors import failure
from cli.params import How, argument, option, writes
from cli.progress import progress
from cli.render import Column, Table, show, to_json
from cli.session import carry_out, reading
from cli.texts import Command
from domain.text import Text

if TYPE_CHECKING:
    from cli.settings import Settings
    from domain.balance_tree import Holding, Node, Step
    from domain.sealing import StateSealed

_FOLDING = Text("重放事件", "replaying events")
_EMPTY = Text("账本尚无记录，无可封存", "nothing has been recorded yet that could be sealed")


@click.command(
    "seal",
    cls=Command,
    about=Text(
        "封存余额：从零重放，把全部人的余额合计与余额树的根写成一条事件。"
        "此后任何检查点都盖住它，重放者必须得到同样的数。",
        "Seal the balances: replay from nothing and record the totals of everybody's money and "
        "the root of a tree over all balances as an event. Every later checkpoint covers it, and "
        "whoever replays the history must come to the same.",
    ),
    examples=("gongji audit seal", "gongji audit seal --note 2026-03"),
)
@writes
@click.pass_obj
def seal(settings: Settings, *, how: How) -> None:
    """Seal the balances at the end of the history."""
    from ledger.commands import Seal
    from projections.sealing import present

    with reading(settings) as store, progress(settings, _FOLDING) as tell:
        if not store.recorder.end.entries:
            code, says = "nothing_recorded", _EMPTY.say(settings.lang)
            raise failure(code, says, remedy="gongji person enroll --help")
        at, tree = present(store, progress=tell)
    root = tree.root
    command = Seal(at=at, totals=root.totals, balances_root=root.digest.hex(), **how.fields)
    show_answer(settings, carry_out(settings, command, key=how.key))


_PROOF = [
    Column("person", Text("参保人", "person")),
    Column("position", Text("封存处", "sealed at"), "int"),
    Column("version", Text("本人事件数", "events of the person"), "int"),
    Column("available_fen", Text("可用", "available"), "yuan"),
    Column("held_fen", Text("冻结", "held"), "yuan"),
    Column("set_aside_fen", Text("划拨", "set aside"), "yuan"),
    Column("wallet_fen", Text("钱包", "wallet"), "yuan"),
    Column("persons", Text("全部人数", "persons in all"), "int"),
    Column("all_available_fen", Text("全部可用", "available in all"), "yuan"),
    Column("balances_root", Text("余额树的根", "root of the balances")),
    Column("steps", Text("路径节点", "nodes on the way"), "int"),
    Column("proof", Text("证明", "proof"), "data", for_people=False),
]


@click.command(
    "balance-proof",
    cls=Command,
    about=Text(
        "一人的余额证明：其余额行与通往封存根的节点。凭此可见该余额足额计入全部人的合计，"
        "而看不到他人余额。",
        "Prove one person's balance: the line, and the nodes up to the sealed root. They show that "
        "it is contained in the total of everybody at its full amount, and nobody else's balance.",
    ),
    examples=("gongji audit balance-proof p1 --out p1.json",),
)
@argument("who", metavar="PERSON", about=Text("参保人编号", "Id of the person."))
@option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    about=Text("把证明写入此文件（JSON）", "Write the proof to this file (JSON)."),
)
@click.pass_obj
def balance_proof(settings: Settings, who: str, out: Path | None) -> None:
    """Prove one balance against the newest seal."""
    from domain.balance_tree import climb
    from domain.ids import PersonId
    from projections.sealing import moments, seals

    with reading(settings) as store:
        sealed = seals(store)
        if not sealed:
            code, says = "never_sealed", Text("余额尚未封存", "the balances were never sealed")
            raise failure(code, says.say(settings.lang), remedy="gongji audit seal")
        with progress(settings, _FOLDING) as tell:
            ((_, tree),) = moments(store, (sealed[-1].position,), progress=tell)
    found = tree.proof(PersonId(who))
    if found is None:
        code, says = "not_sealed", Text("封存时没有此人：{who}", "not among the sealed: {who}")
        raise failure(code, says.say(settings.lang, who=who), remedy="gongji audit seal")
    holding, steps = found
    root = climb(holding, steps)
    if root.digest.hex() != sealed[-1].balances_root:
        code, says = "seal_differs", Text("封存与重放不符", "the seal is not what replaying gives")
        raise failure(code, says.say(settings.lang), remedy="gongji check seals")
    proof = _proof(sealed[-1], holding, steps)
    if out is not None:
        out.write_text(to_json(proof, indent=2) + "\n", encoding="utf-8")
    show(settings, _table(sealed[-1], holding, root, proof))


def _table(fact: StateSealed, holding: Holding, root: Node, proof: dict[str, Any]) -> Table:
    row = {
        "person": holding.person,
        "position": fact.position,
        "version": holding.version,
        **holding.totals._asdict(),
        "persons": fact.persons,
        "all_available_fen": root.totals.available_fen,
        "balances_root": fact.balances_root,
        "steps": len(proof["steps"]),
        "proof": proof,
    }
    return Table("balance-proof", _PROOF, [row], record=True)


def _proof(fact: StateSealed, holding: Holding, steps: tuple[Step, ...]) -> dict[str, Any]:
    """Write a proof down, so that whoever has SHA-256 can follow it."""
    return {
        "format": "gongji-balance-proof/1",
        "sealed_entries": fact.entries,
        "balances_root": fact.balances_root,
        "line": holding.line.decode(),
        "steps": [
            {
                "side": "left" if step.left else "right",
                "sha256": step.node.digest.hex(),
                "totals": list(step.node.totals),
            }
            for step in steps
        ],
    }
