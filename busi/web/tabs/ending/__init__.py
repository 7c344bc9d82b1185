"""The tab Ce que vous savez maintenant."""
