"""Near-duplicates over packed arrays: sketches, candidate pairs, verified relations, clusters and who stands for them."""
