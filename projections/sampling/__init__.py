"""Audit samples: a frame of the books, a draw that anybody can repeat, and what it shows."""
