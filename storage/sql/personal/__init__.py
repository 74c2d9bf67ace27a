"""What the records have about a person: the copy that they may ask for, their deletion, and what remains of them."""
