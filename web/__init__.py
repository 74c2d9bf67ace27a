"""The admin panel (Quart): pages, JSON and live streams about the running application."""
