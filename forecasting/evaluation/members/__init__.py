"""Members of the pool: judged on held-out origins, and weighted."""
