"""The search for garbage in a worker."""

from __future__ import annotations

import subprocess
import sys

CROWDED = """
import gc
from control.worker import garbage
garbage.settle()
looked_at = []
def watch(phase, info):
    if phase == "start" and info["generation"] == 2:
        looked_at.append(len(gc.get_objects()))
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
