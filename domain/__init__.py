"""What is true: money, time, ids, the aggregates and the pure decisions about them."""
