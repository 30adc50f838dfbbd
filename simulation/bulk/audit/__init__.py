"""Holding a log against itself, its opening state and the rules."""
