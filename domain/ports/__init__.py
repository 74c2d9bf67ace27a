"""Ports: what the actors need from stores and from Telegram, as protocols.

`storage/` and `transport/` implement them. The composition roots in `control/` pass the implementations to constructors. Each
store works on a server and on SQLite or in memory, and both pass the same tests.
"""
