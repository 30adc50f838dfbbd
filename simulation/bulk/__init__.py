"""Millions of claims at once: the same rules over arrays, and a log of what was decided.

`arrays` says how everything is laid out; `kernel` decides, row by row; `running` reads claims,
lets the kernel decide and writes the log; `verifying` reads a log back and holds it together.
"""
