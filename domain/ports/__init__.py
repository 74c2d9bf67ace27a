"""What the actors need of the world, as protocols: one file for each kind of neighbour.

Implementations live in `storage/` and `transport/`; the composition roots in `control/` hand them to constructors. Each store has
an in-memory or SQLite twin that passes the same suite.
"""
