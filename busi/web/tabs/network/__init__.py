"""The tab Le réseau (CNN)."""
