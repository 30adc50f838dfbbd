"""XLSX workbooks for people: working papers."""
