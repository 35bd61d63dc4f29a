"""What sources state of a paper, each kind of fact read and written in one way."""
