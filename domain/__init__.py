"""What is true: money, time, ids, the three aggregates and the pure decisions about them."""
