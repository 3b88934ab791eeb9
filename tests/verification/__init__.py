"""Known answers: closed forms, small chains solved numerically, published cases; each check also fails on mutants."""
