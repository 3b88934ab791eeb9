"""The house: who imports whom, how big things are, what is written about them."""
