"""Errors that pass from one floor to another. Errors of drivers and of Telegram are translated into these once, at the edge.

    MasqueradeError
    ├── Unavailable             a store or Telegram cannot be reached now; try again later
    │   └── Outdated            somebody else has changed the record; read it again and decide anew
    ├── BadToken                Telegram refuses a bot's token for good
    ├── Fenced                  another process owns the bot now
    ├── SettingsError           a setting is wrong; for the operator
    ├── ConfigurationError      a value is not saved at run time; for the operator
    └── StaleConfiguration      somebody else has saved meanwhile; for the operator

Expected refusals, such as of a wrong age, are return values, not errors.
"""

from domain.redaction import redacted


class MasqueradeError(Exception):
    """Any error that we raise on purpose. Its text may quote what an operator wrote, so what looks like a secret is hidden."""

    def __str__(self) -> str:
        return redacted(super().__str__())


class Unavailable(MasqueradeError):  # noqa: N818 - names the state of the world
    """A store or Telegram cannot be reached now. The text names which, without secrets."""


class Declined(Unavailable):
    """The supervisor or a worker answered, and does not do that now. The text says why."""


class Outdated(Unavailable):
    """The change was based on an old record. Nothing was changed. Read the record again, and decide anew."""


class BadToken(MasqueradeError):  # noqa: N818
    """Telegram does not know this bot token, or no longer."""

    def __init__(self, text: str, refusal: str = "") -> None:
        """`refusal`: Telegram's own name for it."""
        super().__init__(text)
        self.refusal = refusal


class Fenced(MasqueradeError):  # noqa: N818
    """A former owner of the bot tried to write. Nothing was changed."""


class SettingsError(MasqueradeError):
    """One line for the operator: which setting is wrong, why, and what to write instead."""


class ConfigurationError(MasqueradeError):
    """A value to be saved at run time is wrong, or may not be changed so. The text names the field. Nothing was changed."""

    def __init__(self, text: str, *, setting: str = "") -> None:
        """`setting`: dotted, where it is known; inside its value too, such as vip.plans[0].stars."""
        super().__init__(text)
        self.setting = setting


class StaleConfiguration(MasqueradeError):  # noqa: N818
    """Somebody else has saved meanwhile. The text says who and what. Nothing was changed."""

    def __init__(self, text: str, *, section: str = "") -> None:
        super().__init__(text)
        self.section = section
