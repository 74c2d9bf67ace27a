"""Who may ask the panel what: names, proxies, foreign pages, identity, limits, and the headers of every answer."""
