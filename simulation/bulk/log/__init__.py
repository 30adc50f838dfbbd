"""The log of a run as files: segments, manifest, hashes."""
