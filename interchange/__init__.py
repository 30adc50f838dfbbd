"""Formats of the outside world: plain-text journals for double-entry tools.

Modules to come: `yibao`, `tabular`, `workbook`, `evidence`.
"""
