"""What it means: sums, intervals and interception against hand computation and brute force."""
