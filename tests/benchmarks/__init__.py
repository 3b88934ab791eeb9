"""Speed, measured side by side in one run; on demand, not part of the test suite."""
