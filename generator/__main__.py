"""Where ``reading-list`` and ``python -m generator`` begin."""

import sys


def run() -> None:
    """Run the command line; who stops it while its modules are still loaded sees no traceback."""
    try:
        from generator import cli

        cli.run()
    except KeyboardInterrupt:
        sys.exit(130)  # 128 and the number of SIGINT, as shells count


if __name__ == "__main__":
    run()
