"""The HTTP API of the sandbox: people, bots, faults, the page of phones and its live socket."""
