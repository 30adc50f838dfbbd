"""The kernel: one pass over rows of claims that changes a state, as plain loops over numbers.

One source runs interpreted over memory views and compiled over arrays (`simulation.bulk.deciding`).
Who may pay and how much is `domain.judging`, how a share is split `domain.waterfall`; what stands
here lays their questions out from arrays and writes their answers back. `loop` is the entry;
`admitting` asks whether a bill is settled at all, `asking` lays the accounts out, `paying` books
what they give, `undoing` gives it back, `rolling` begins account years, `uses` counts what
relatives used.
"""
