"""Who talks to whom: actors on the event loop (Pykka), each with one job. They know each other by reference and message."""
