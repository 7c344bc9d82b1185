"""The network and what is computed with it: layers, random changes, metrics, and what it was not made for."""
