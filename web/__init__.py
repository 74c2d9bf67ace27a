"""The admin panel (Quart). It reads records and asks the supervisor, through ports."""
