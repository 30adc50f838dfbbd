"""A ledger's persons and families as arrays, and the way back."""
