"""Who may use the panel: admins, log-ins, sessions, API tokens."""
