"""The inquiry on hiding: the lesion under a gray patch, or all but the lesion."""
