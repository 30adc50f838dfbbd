"""Keeping events: the store, its one writer, and reading back what was kept."""
