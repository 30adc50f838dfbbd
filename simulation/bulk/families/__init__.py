"""One family of a run, brought into a ledger by ordinary commands."""
