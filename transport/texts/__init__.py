"""What the bots say: catalogues, formatting, keyboards."""
