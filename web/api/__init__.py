"""The frame of the API: operations from typed functions, strict reading of what comes in, one form of errors, OpenAPI."""
