"""Takes out of files what cameras and programs wrote into them, without loss: one file for each kind. Pure."""
