"""Content of messages in the sandbox: files, media, keyboards, formatting."""
