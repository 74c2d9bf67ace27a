"""The rules, pure: values, messages, the session machine, matching, limits. No I/O, no clock, no library of the other floors."""
