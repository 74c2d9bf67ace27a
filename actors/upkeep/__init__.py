"""What is done for the whole installation, beside serving anybody: reconciling, purging, keeping maps."""
