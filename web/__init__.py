"""Pages and requests: the audit console, a JSON API, a stand-in of the national platform.

Nothing lives here yet. It will read `projections` and give commands to `ledger.application`.
"""
