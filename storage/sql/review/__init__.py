"""What operators decide about people, and the record of who decided it."""
