"""The wiring of worlds: places, stops, channels, batches."""
