"""Makes docs/validation.md: `python -m docs.validation` (`make validation`)."""
