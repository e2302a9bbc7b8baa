"""What computes: the supervisor of local workers, the hand-over to a cluster, the worker and one attempt of it."""
