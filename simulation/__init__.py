"""Many claims at once: scenarios that people write, populations, and comparisons."""
