"""The random streams: reproducible, independent, untouched by what is added elsewhere."""
