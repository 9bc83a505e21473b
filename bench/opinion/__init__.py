"""How the weights of `workers.opinion` were made: reading the data, training, export. Not part of the package."""
