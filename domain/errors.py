"""Errors that cross floors; drivers' and Telegram's own are translated into these once, at the edge.

    MasqueradeError
    ├── Unavailable      theirs: a store or Telegram cannot be reached now; try again later
    │   └── Outdated     ours by timing: somebody else changed the record meanwhile; read it anew
    ├── BadToken         theirs: Telegram refuses a bot's token for good
    ├── Fenced           ours by timing: another process owns the bot now; nothing was changed
    ├── SettingsError    the operator's: a setting is wrong; the text names it and the mend
    ├── ConfigurationError   the operator's: a value is not saved at run time; the text names the field and why
    └── StaleConfiguration   the operator's by timing: somebody else saved meanwhile; the text says who and what

Expected refusals (a locked chat, a wrong age) are return values, not errors.
"""


class MasqueradeError(Exception):
    """Anything that we raise on purpose."""


class Unavailable(MasqueradeError):  # noqa: N818 - names the state of the world
    """A store or Telegram cannot be reached now. The text names which, without secrets."""


class Outdated(Unavailable):
    """The change was decided on what is true no more, and was refused: nothing was changed. Read anew, and try again."""


class BadToken(MasqueradeError):  # noqa: N818
    """Telegram does not know this bot token (any more)."""


class Fenced(MasqueradeError):  # noqa: N818
    """A write came from a former owner of the bot and was refused."""


class SettingsError(MasqueradeError):
    """One line for the operator: which setting, what is wrong with it, how to mend it."""


class ConfigurationError(MasqueradeError):
    """A value that is not saved at run time, for it is wrong or not to be changed so. Nothing was changed."""


class StaleConfiguration(MasqueradeError):  # noqa: N818
    """Somebody else saved meanwhile: the text says who and what. Nothing was changed."""
