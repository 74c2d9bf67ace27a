"""To meet and to talk."""
