"""Files and folders on the disk: read strictly, changed whole or not at all."""
