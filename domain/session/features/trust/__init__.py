"""Safety: reports, blocks, appeals, and checks of what is sent."""
