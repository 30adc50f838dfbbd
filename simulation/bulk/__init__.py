"""Millions of claims at once: the same rules over arrays, and a log of what was decided.

The flow: `reading` (claims files) → `run` (rows, the account years that begin) → `deciding`, which
lets `kernel` decide, interpreted or compiled (`compiling`, `frames`, `entry`) → `log` (segments,
manifest, hashes). `arrays` says how everything is laid out, `rules` lays out the rules, `outcomes`
has the words for what comes out, `states` keeps states on disk. `audit` reads a log back and holds
it together; `cluster` decides in shards elsewhere; `families` brings one family into a ledger,
`ledgers` a ledger into arrays; `comparison` holds two sets of rules against each other.
"""
