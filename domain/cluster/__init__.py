"""Which worker serves which bot, and how much waits for one."""
