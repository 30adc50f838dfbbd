"""The Merkle log of the history: leaves, proofs, signed checkpoints."""
