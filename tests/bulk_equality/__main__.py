"""Compare bulk and single settlement on as many claims as one likes, and print the figures.

python -m tests.bulk_equality --claims 1000000
"""

from __future__ import annotations

import argparse
import sys

from simulation.bulk.deciding import compiled, plain
from tests.bulk_equality.running import BILLS, Compared, compare


def main() -> int:
    """Compare, print, and give 1 where anything differed."""
    parser = argparse.ArgumentParser(prog="python -m tests.bulk_equality", description=__doc__)
    parser.add_argument("--claims", type=int, default=100_000, help="how many at least")
    parser.add_argument("--first", type=int, default=0, help="number of the first round")
    parser.add_argument("--interpreted", action="store_true", help="the kernel as plain Python")
    asked = parser.parse_args()
    rounds = range(asked.first, asked.first - (-asked.claims // BILLS))
    compared = compare(rounds, decide=plain() if asked.interpreted else compiled())
    sys.stdout.write(_report(compared) + "\n")
    return 1 if compared.differences else 0


def _report(compared: Compared) -> str:
    lines = [compared.tally.report()]
    lines += [f"never met: {each}" for each in compared.tally.missing()]
    for number, difference in compared.differences:
        lines.append(f"round {number}: {difference.what}: {difference.happening}")
        lines += [f"  singly  {difference.singly}", f"  in bulk {difference.in_bulk}"]
    lines.append(
        f"{compared.tally.claims:,} claims compared, {compared.tally.plain:,} of them with the "
        f"interpreted kernel, too; {len(compared.differences)} differences"
    )
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
