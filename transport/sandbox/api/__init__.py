"""The HTTP side of the sandbox: people, bots, faults, the phones page and its live socket."""
