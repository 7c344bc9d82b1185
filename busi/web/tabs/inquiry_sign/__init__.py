"""To sign or to refuse: the file of a machine that does not exist, and the line that each of its sheets lacks."""
