"""Finding papers: the words they are found by, and the files that a browser asks for them."""
