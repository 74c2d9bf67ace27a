"""The texts of the bots: catalogues by language, formatting, keyboards."""
