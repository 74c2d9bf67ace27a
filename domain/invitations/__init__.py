"""Invitations: codes and links, and what becomes of somebody who comes by one."""
