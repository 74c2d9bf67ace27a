"""A worker's process: `python -m control.launch control.worker --name worker-1`, started by the supervisor."""

from __future__ import annotations

import argparse

from control.child import run_child
from control.worker.composition import work

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="One worker of Masquerade; started by supervisor.py.")
    parser.add_argument("--name", required=True, help="the worker's name, such as worker-1")
    run_child(parser.parse_args().name, work)
