"""Run the commands with ``python -m generator``."""

from generator.cli import run

run()
