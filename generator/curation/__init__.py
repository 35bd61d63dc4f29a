"""People's hands on the list: what a contributor proposes, what a maintainer decides, and what both are told."""
