"""Which workers there are and which of them may do what, in Redis."""
