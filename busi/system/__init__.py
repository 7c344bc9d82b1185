"""What a process finds on its machine: a terminal, a home, proxies. It knows nothing of the workshop."""
