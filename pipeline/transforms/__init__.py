"""The only code that imports Beam: typed transforms over the plain functions of the other packages."""
