"""Files, media and formatting in the sandbox."""
