"""One canonical workload, so that figures of different versions can be compared."""
