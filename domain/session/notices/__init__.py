"""What a person is shown: texts of the catalogue with their arguments and keyboards. One module a subject."""
