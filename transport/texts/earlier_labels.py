"""Labels that keys of the reply keyboard had in earlier releases, in any language.

A phone shows a keyboard until the bot sends another one, so people press keys of earlier releases for months. Whoever changes or
removes a label in a catalogue, or removes a whole catalogue, adds the label here with its command. Nothing is ever removed here.
A command that is gone may stay: its label is answered like any unknown command, and is not shown to the partner.
"""

from __future__ import annotations

from collections.abc import Mapping

EARLIER: Mapping[str, str] = {}
"""Label → command without the slash."""
