"""Passerelle and its peers, measured in turn on the same files."""
