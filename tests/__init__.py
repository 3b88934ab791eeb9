"""Tests of the strait checkpoint simulator, by the question they ask."""
