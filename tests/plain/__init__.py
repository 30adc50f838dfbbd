"""Plain readings of what the kernel computes, for tests that hold the two together."""
