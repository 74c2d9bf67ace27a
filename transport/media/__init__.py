"""Photos, files, polls and dice: read, written, copied from one bot to another."""
