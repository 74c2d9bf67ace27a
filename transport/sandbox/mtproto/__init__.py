"""The sandbox's side of the protocol."""
