"""The tab Bienvenue."""
