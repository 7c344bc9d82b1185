"""What judges networks: how well they do, what moves their answers, and where they look. README.md has the commands."""
