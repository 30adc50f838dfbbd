"""Formats of the outside world: national interface messages, tables, plain-text journals.

Nothing lives here yet. Modules to come: `yibao`, `tabular`, `plaintext`, `workbook`, `evidence`.
"""
