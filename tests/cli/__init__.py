"""A package, since a file here may be called like one a folder up."""
