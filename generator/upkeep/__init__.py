"""The upkeep of a list on a schedule: facts that records lack, and links that are dead; all that asks the network."""
