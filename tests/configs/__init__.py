"""The shipped configurations: every number has a source, every option composes, every example has its effect."""
