"""The judge of pictures: a service that an operator may name."""
