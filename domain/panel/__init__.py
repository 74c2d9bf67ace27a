"""Rules of the admin panel: who may do what, and how often."""
