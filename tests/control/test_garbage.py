"""The search for garbage in a worker."""

from __future__ import annotations

import gc
import subprocess
import sys

from control.worker import garbage

CROWDED = """
import gc
from control.worker import garbage
looked_at = []
def watch(phase, info):
    if phase == "start" and info["generation"] == 2:
        looked_at.append(len(gc.get_objects()))
with garbage.kept_short():
    gc.callbacks.insert(0, watch)
    people = [[number] for number in range(400_000)]
print(len(looked_at), max(looked_at))
"""


def test_a_search_for_garbage_looks_only_at_what_came_since_the_last_one():
    """In a process of its own, where nobody else makes garbage. Without that the last search looks at nearly all of them."""
    child = subprocess.run([sys.executable, "-c", CROWDED], check=True, stdout=subprocess.PIPE, text=True, timeout=60)
    searches, most = map(int, child.stdout.split())
    assert searches > 1
    assert most < 50_000


def test_a_process_that_goes_on_has_its_collector_as_before():
    before = gc.get_threshold(), gc.get_freeze_count(), list(gc.callbacks)
    with garbage.kept_short():
        gc.collect()
        assert gc.get_freeze_count() > before[1]
    assert (gc.get_threshold(), gc.get_freeze_count(), gc.callbacks) == before
