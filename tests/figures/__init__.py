"""Figures: every one in both languages, their words, their font."""
