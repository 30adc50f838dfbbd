"""The same claims by two sets of rules."""
