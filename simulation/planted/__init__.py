"""Misuse planted on purpose: for every suspicion rule a case, and a near miss without it."""
