"""The policies as state machines: sequences worked out by hand."""
