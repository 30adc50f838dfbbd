"""Suspicion rules over the history: what they ask, how they are written down, what they find."""
