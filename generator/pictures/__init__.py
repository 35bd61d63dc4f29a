"""Pictures of the list: what is counted, what stands where, and how it is drawn."""
