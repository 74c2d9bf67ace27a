"""Pages for people: each is a template and what it shows first."""
