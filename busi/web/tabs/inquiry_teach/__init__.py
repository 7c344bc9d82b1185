"""Taught by a visitor: two boxes, and what a network made of them."""
